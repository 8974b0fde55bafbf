"""Addresses of applying from home, among the residents' own (/my/)."""

from __future__ import annotations

from django.urls import path

from madoguchi.channels.online.apply import (
    paying_fees,
    views_answer,
    views_cases,
    views_files,
    views_rest,
    views_start,
    views_submit,
)

urlpatterns = [
    path("apply/", views_start.start, name="apply"),
    path("apply/for/<slug:what>/", views_start.begin, name="apply_begin"),
    path("apply/<str:number>/", views_answer.ask, name="apply_ask"),
    path("apply/<str:number>/change/", views_answer.change, name="apply_change"),
    path("apply/<str:number>/choose/", views_answer.choose, name="apply_choose"),
    path("apply/<str:number>/files/", views_files.files, name="apply_files"),
    path("apply/<str:number>/check/", views_submit.check, name="apply_check"),
    path("files/<str:file>/", views_files.file, name="file"),
    path("cases/<str:number>/", views_cases.case, name="case"),
    path("cases/<str:number>/receipt/", views_cases.receipt, name="receipt"),
    path("cases/<str:number>/counter/", views_rest.counter, name="case_counter"),
    path("cases/<str:number>/pay/", paying_fees.pay, name="case_pay"),
    path("cases/<str:number>/withdraw/", views_cases.withdraw, name="withdraw"),
    path("cases/<str:number>/correction/", views_cases.wish, name="wish"),
]
