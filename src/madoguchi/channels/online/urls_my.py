"""Addresses of the residents' own pages; signing in is open to anyone, the rest to whoever signed in as a resident."""

from __future__ import annotations

from django.urls import path

from madoguchi.channels.online import (
    views_mail,
    views_mandates,
    views_messages,
    views_my,
    views_sign_in,
    views_tracker,
)
from madoguchi.channels.online.apply.urls import urlpatterns as applying

app_name = "my"
urlpatterns = [
    path("", views_my.home, name="home"),
    path("seen/", views_my.seen, name="seen"),
    path("tracker/findUsage", views_tracker.find_usage, name="find_usage"),
    path("tracker/usagePeriod", views_tracker.usage_period, name="usage_period"),
    path("tracker/heartbeat", views_tracker.heartbeat, name="heartbeat"),
    path("sign-in/", views_sign_in.sign_in, name="sign_in"),
    path("sign-in/go/", views_sign_in.go, name="go"),
    path("back/", views_sign_in.back, name="back"),
    path("sign-out/", views_sign_in.sign_out, name="sign_out"),
    path("mail/", views_mail.mail, name="mail"),
    path("messages/", views_messages.mine, name="messages"),
    path("cases/<str:case>/messages/", views_messages.case_messages, name="case_messages"),
    path("cases/<str:case>/documents/<int:nth>/", views_messages.case_document, name="case_document"),
    path("mandates/", views_mandates.mandates, name="mandates"),
    path("mandates/ask/", views_mandates.ask, name="mandate_ask"),
    path("mandates/code/", views_mandates.code, name="mandate_code"),
    path("mandates/own/", views_mandates.stop_acting, name="mandate_own"),
    path("mandates/<str:mandate>/", views_mandates.act, name="mandate"),
    *applying,
]
