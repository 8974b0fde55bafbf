from django.apps import AppConfig


class ConnectConfig(AppConfig):
    name = "madoguchi.connect"
    label = "connect"
