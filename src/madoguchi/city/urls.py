"""Addresses of the session: staying signed in, practising, where one is signed in."""

from __future__ import annotations

from django.urls import path

from madoguchi.city.own_sessions import sessions
from madoguchi.city.session import practice, stay

urlpatterns = [
    path("stay/", stay, name="city_stay"),
    path("practice/", practice, name="city_practice"),
    path("sessions/", sessions, name="city_sessions"),
]
