from django.apps import AppConfig


class OnlineConfig(AppConfig):
    name = "madoguchi.channels.online"
    label = "online"
