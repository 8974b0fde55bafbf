"""Addresses of the counter."""

from __future__ import annotations

from django.urls import path

from madoguchi.channels.counter import (
    views_closing,
    views_desk,
    views_event,
    views_hearing,
    views_letters,
    views_opening,
    views_people,
    views_record,
    views_roles,
    views_visitor,
)

app_name = "counter"
urlpatterns = [
    path("", views_opening.home, name="home"),
    path("cases/", views_opening.worklist, name="worklist"),
    path("cases/open/", views_opening.open_case, name="open"),
    path("cases/<str:case>/", views_opening.resume, name="resume"),
    path("cases/<str:case>/start/", views_opening.start, name="start"),
    path("cases/<str:case>/find/", views_opening.find, name="find"),
    path("cases/<str:case>/choose/", views_opening.choose, name="choose"),
    path("cases/<str:case>/certificate/", views_people.certificate, name="certificate"),
    path("cases/<str:case>/household/", views_people.household, name="household"),
    path("cases/<str:case>/event/", views_event.event, name="event"),
    path("cases/<str:case>/visitor/", views_visitor.visitor, name="visitor"),
    path("cases/<str:case>/hearing/", views_hearing.hear, name="hearing"),
    path("cases/<str:case>/answer/", views_hearing.answer, name="answer"),
    path("cases/<str:case>/undo/", views_hearing.undo, name="undo"),
    path("cases/<str:case>/retake/", views_hearing.retake, name="retake"),
    path("cases/<str:case>/park/", views_hearing.park, name="park"),
    path("cases/<str:case>/facts/<str:key>/<str:subject>/", views_hearing.fact, name="fact"),
    path(
        "cases/<str:case>/procedures/<str:procedure>/<str:subject>/",
        views_hearing.procedure,
        name="procedure",
    ),
    path(
        "cases/<str:case>/procedures/<str:procedure>/<str:subject>/sheet.pdf",
        views_closing.sheet,
        name="sheet",
    ),
    path("cases/<str:case>/revision/", views_hearing.revision, name="revision"),
    path("cases/<str:case>/explain/", views_hearing.explain, name="explain"),
    path("cases/<str:case>/check/", views_closing.check, name="check"),
    path("cases/<str:case>/roles/", views_roles.filing_roles, name="roles"),
    path("cases/<str:case>/sign/", views_closing.sign, name="sign"),
    path("cases/<str:case>/done/", views_closing.done, name="done"),
    path("cases/<str:case>/received/", views_closing.received, name="received"),
    path("cases/<str:case>/papers/<str:kind>.pdf", views_closing.paper, name="paper"),
    path("cases/<str:case>/correct/", views_closing.correct, name="correct"),
    path("cases/<str:case>/withdraw/", views_closing.withdraw, name="withdraw"),
    path("cases/<str:case>/history/", views_record.history, name="history"),
    path("cases/<str:case>/journey/", views_record.journey, name="journey"),
    path("cases/<str:case>/display/", views_record.display, name="display"),
    path("letters/", views_letters.due, name="letters"),
    path("letters/<str:case>/print/", views_letters.print_letter, name="letter_print"),
    path("letters/<str:case>/sent/", views_letters.sent, name="letter_sent"),
    path("desk/", views_desk.desk, name="desk"),
    path("desk/<int:task>/", views_desk.task, name="task"),
    path("reviews/", views_desk.reviews, name="reviews"),
    path("reviews/<str:case>/", views_desk.review, name="review"),
]
