"""Addresses of the ticket machine."""

from __future__ import annotations

from django.urls import path

from madoguchi.channels.kiosk import views, views_book, views_find

app_name = "kiosk"
urlpatterns = [
    path("", views.branches, name="branches"),
    path("<slug:branch>/", views.start, name="start"),
    path("<slug:branch>/welcome/", views.welcome, name="welcome"),
    path("<slug:branch>/services/", views.services, name="services"),
    path("<slug:branch>/unsure/", views.unsure, name="unsure"),
    path("<slug:branch>/booked/", views.booked, name="booked"),
    path("<slug:branch>/confirm/", views.confirm, name="confirm"),
    path("<slug:branch>/issue/", views.issue, name="issue"),
    path("<slug:branch>/number/", views.number, name="number"),
    path("<slug:branch>/reprint/", views.reprint, name="reprint"),
    path("<slug:branch>/book/", views_book.book, name="book"),
    path("<slug:branch>/book/<slug:service>/", views_book.book_days, name="book_days"),
    path("<slug:branch>/book/<slug:service>/<str:day>/", views_book.book_times, name="book_times"),
    path("<slug:branch>/booking/check/", views_book.check, name="book_check"),
    path("<slug:branch>/booking/done/", views_book.done, name="book_done"),
    path("<slug:branch>/booking/reprint/", views_book.book_reprint, name="book_reprint"),
    path("<slug:branch>/find/", views_find.find, name="find"),
    path("<slug:branch>/find/people/", views_find.find_people, name="find_people"),
    path("<slug:branch>/find/ask/", views_find.find_ask, name="find_ask"),
    path("<slug:branch>/find/list/", views_find.find_list, name="find_list"),
    path("<slug:branch>/find/paper/", views_find.find_paper, name="find_paper"),
]
