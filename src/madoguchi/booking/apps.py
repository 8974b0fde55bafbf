from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "madoguchi.booking"
    label = "booking"
