"""Addresses of paying: open to anyone; what is to be paid is opened by its number with four digits."""

from __future__ import annotations

from django.urls import path

from madoguchi.channels.online import views_pay

app_name = "pay"
urlpatterns = [
    path("", views_pay.find, name="find"),
    path("hook/", views_pay.hook, name="hook"),
    path("<str:number>/", views_pay.one, name="one"),
    path("<str:number>/back/", views_pay.back, name="back"),
    path("<str:number>/receipt/", views_pay.receipt, name="receipt"),
]
