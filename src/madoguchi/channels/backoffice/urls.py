"""Addresses of the back office."""

from __future__ import annotations

from django.urls import path

from madoguchi.channels.backoffice import (
    views_audit,
    views_catalogue,
    views_certificates,
    views_changes,
    views_city_list,
    views_imports,
    views_inventory,
    views_plan,
    views_sheltered,
    views_staff,
)

app_name = "backoffice"
urlpatterns = [
    path("changes/", views_changes.changes, name="changes"),
    path("changes/download.<str:kind>", views_changes.download, name="download"),
    path("changes/answers/", views_changes.answers, name="answers"),
    path("changes/<str:change>/answer/", views_changes.answer, name="answer"),
    path("certificates/", views_certificates.certificates, name="certificates"),
    path("certificates/download.csv", views_certificates.certificates_file, name="certificates_file"),
    path("imports/", views_imports.imports, name="imports"),
    path("catalogue/", views_catalogue.catalogue, name="catalogue"),
    path("catalogue/<str:procedure>/", views_catalogue.procedure, name="procedure"),
    path("inventory/", views_inventory.overview, name="inventory"),
    path("inventory/surveys/", views_inventory.take_in, name="survey_take_in"),
    path("inventory/surveys/<int:survey>/", views_inventory.survey, name="survey"),
    path("inventory/surveys/<int:survey>/show/", views_inventory.show, name="survey_show"),
    path("inventory/national/", views_inventory.procedures, name="national"),
    path("inventory/national/add/", views_inventory.add, name="national_add"),
    path("inventory/national/<str:number>/", views_inventory.procedure, name="national_one"),
    path("inventory/city/", views_city_list.city_procedures, name="city_list"),
    path("inventory/city/new/", views_city_list.city_procedure, name="city_new"),
    path("inventory/city/book.xlsx", views_city_list.book, name="city_book"),
    path("inventory/city/book/", views_city_list.take_book, name="city_book_in"),
    path("inventory/city/of/<str:number>/", views_city_list.city_procedure, name="city_procedure"),
    path("inventory/city/of/<str:number>/removed/", views_city_list.removed, name="city_removed"),
    path("inventory/ease/", views_plan.ease, name="ease"),
    path("inventory/plan/", views_plan.plan, name="plan"),
    path("staff/", views_staff.staff, name="staff"),
    path("staff/add/", views_staff.add, name="staff_add"),
    path("staff/<int:staff>/roles/", views_staff.roles, name="staff_roles"),
    path("staff/<int:staff>/active/", views_staff.active, name="staff_active"),
    path("staff/<int:staff>/link/", views_staff.link, name="staff_link"),
    path("staff/<int:staff>/second-step/", views_staff.second_step, name="staff_second_step"),
    path("staff/day/", views_staff.day, name="day"),
    path("sheltered/", views_sheltered.sheltered, name="sheltered"),
    path("sheltered/begin/", views_sheltered.begin, name="shelter_begin"),
    path("sheltered/prolong/", views_sheltered.prolong, name="shelter_prolong"),
    path("sheltered/lift/", views_sheltered.lift, name="shelter_lift"),
    path("audit/", views_audit.audit, name="audit"),
]
