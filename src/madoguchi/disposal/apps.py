from django.apps import AppConfig


class DisposalConfig(AppConfig):
    name = "madoguchi.disposal"
    label = "disposal"
