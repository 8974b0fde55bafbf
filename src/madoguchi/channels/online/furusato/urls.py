"""Addresses of ワンストップ特例: open to anyone. Only `open` has a secret in it, and it answers with another address."""

from __future__ import annotations

from django.urls import path

from madoguchi.channels.online.furusato import views, views_receipt

app_name = "furusato"
urlpatterns = [
    path("", views.start, name="start"),
    path("open/<str:number>/<str:code>/", views.open_by_paper, name="open"),
    path("gifts/", views.gifts, name="gifts"),
    path("check/", views.check, name="check"),
    path("end/", views.end, name="end"),
    path("receipt/<str:receipt>/", views_receipt.receipt, name="receipt"),
    path("receipt/<str:receipt>/form/", views_receipt.form, name="form"),
    path("receipt/<str:receipt>/change/", views_receipt.change, name="change"),
    path("receipt/<str:receipt>/withdraw/", views_receipt.withdraw_receipt, name="withdraw"),
]
