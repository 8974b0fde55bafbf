from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "madoguchi.channels.board"
    label = "board"
