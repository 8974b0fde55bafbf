"""Addresses of the feedback: open to anyone; no number stands in them."""

from __future__ import annotations

from django.urls import path

from madoguchi.channels.feedback import views

app_name = "feedback"
urlpatterns = [
    path("", views.give_one, name="give"),
    path("receipt/", views.receipt, name="receipt"),
    path("became/", views.became, name="became"),
]
