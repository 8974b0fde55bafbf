from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "madoguchi.channels.feedback"
    label = "feedback"
