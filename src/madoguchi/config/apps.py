from django.apps import AppConfig


class PorchConfig(AppConfig):
    name = "madoguchi.config"
    label = "porch"
