"""Addresses of the booking pages: open to anyone. Only `open` has a secret in it, and it answers with another address."""

from __future__ import annotations

from django.urls import path

from madoguchi.channels.online import views_book, views_mine

app_name = "online"
urlpatterns = [
    path("", views_book.start, name="start"),
    path("find/", views_mine.find, name="find"),
    path("open/<str:number>/<str:secret>/", views_mine.open_by_link, name="open"),
    path("mine/<str:number>/", views_mine.mine, name="mine"),
    path("mine/<str:number>/contact/", views_mine.contact, name="contact"),
    path("mine/<str:number>/yoyaku.ics", views_mine.calendar, name="calendar"),
    path("mine/<str:number>/change/", views_mine.change, name="change"),
    path("mine/<str:number>/cancel/", views_mine.cancel, name="cancel"),
    path("at/<str:branch>/<str:service>/", views_book.days, name="days"),
    path("at/<str:branch>/<str:service>/<str:day>/", views_book.times, name="times"),
]
