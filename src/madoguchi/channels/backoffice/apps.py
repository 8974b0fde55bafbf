from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "madoguchi.channels.backoffice"
    label = "backoffice"
