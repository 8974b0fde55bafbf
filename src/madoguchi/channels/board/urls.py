"""Addresses of the boards and phones. `t` is short because it is printed as a QR code."""

from __future__ import annotations

from django.urls import path

from madoguchi.channels.board import views_accuracy, views_board, views_phone

app_name = "board"
urlpatterns = [
    path("board/<str:branch>/", views_board.wall, name="wall"),
    path("board/<str:branch>/<str:desk>/", views_board.booth, name="booth"),
    path("congestion/", views_board.branches, name="congestion"),
    path("congestion/<str:branch>/", views_board.congestion, name="congestion_of"),
    path("accuracy/", views_accuracy.accuracy_page, name="accuracy"),
    path("t/", views_phone.code, name="code"),
    path("t/<str:secret>/", views_phone.phone, name="phone"),
    path("t/<str:secret>/away/", views_phone.away, name="away"),
    path("t/<str:secret>/back/", views_phone.back, name="back"),
]
