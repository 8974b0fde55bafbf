from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "madoguchi.outreach"
    label = "outreach"
