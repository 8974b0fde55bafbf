from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "madoguchi.channels.api"
    label = "api"
