"""Addresses of the ticket machine."""

from __future__ import annotations

from django.urls import path

from madoguchi.channels.kiosk import views

app_name = "kiosk"
urlpatterns = [
    path("", views.branches, name="branches"),
    path("<slug:branch>/", views.start, name="start"),
    path("<slug:branch>/services/", views.services, name="services"),
    path("<slug:branch>/unsure/", views.unsure, name="unsure"),
    path("<slug:branch>/booked/", views.booked, name="booked"),
    path("<slug:branch>/confirm/", views.confirm, name="confirm"),
    path("<slug:branch>/issue/", views.issue, name="issue"),
    path("<slug:branch>/number/", views.number, name="number"),
    path("<slug:branch>/reprint/", views.reprint, name="reprint"),
]
