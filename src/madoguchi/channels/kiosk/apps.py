from django.apps import AppConfig


class KioskConfig(AppConfig):
    name = "madoguchi.channels.kiosk"
    label = "kiosk"
