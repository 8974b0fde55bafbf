from django.apps import AppConfig


class SharedConfig(AppConfig):
    name = "madoguchi.channels.shared"
    label = "shared"
