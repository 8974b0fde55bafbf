from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "madoguchi.insight"
    label = "insight"
