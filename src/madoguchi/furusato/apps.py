from django.apps import AppConfig


class FurusatoConfig(AppConfig):
    name = "madoguchi.furusato"
    label = "furusato"
