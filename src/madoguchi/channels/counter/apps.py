from django.apps import AppConfig


class CounterConfig(AppConfig):
    name = "madoguchi.channels.counter"
    label = "counter"
