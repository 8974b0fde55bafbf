"""The room's place in Django: no models, only templates for paper and their messages."""

from django.apps import AppConfig


class PapersConfig(AppConfig):
    """帳票."""

    name = "madoguchi.papers"
    label = "papers"
    verbose_name = "帳票"
