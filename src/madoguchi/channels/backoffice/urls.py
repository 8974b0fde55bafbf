"""Addresses of the back office."""

from __future__ import annotations

from django.urls import path

from madoguchi.channels.backoffice import views

app_name = "backoffice"
urlpatterns = [
    path("changes/", views.changes, name="changes"),
    path("changes/download.<str:kind>", views.download, name="download"),
    path("changes/<str:case>/answer/", views.answer, name="answer"),
    path("imports/", views.imports, name="imports"),
    path("catalogue/", views.catalogue, name="catalogue"),
    path("catalogue/<str:procedure>/", views.procedure, name="procedure"),
    path("staff/", views.staff, name="staff"),
    path("audit/", views.audit, name="audit"),
]
