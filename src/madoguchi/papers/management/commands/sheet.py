"""Django's entry to `papers.commands.sheet`, which reads its arguments itself."""

import sys

from django.core.management.base import BaseCommand

from madoguchi.papers.commands.sheet import main


class Command(BaseCommand):
    """`madoguchi sheet`."""

    help = "手続きの様式を、世帯の状況のファイルから記入してPDFにします。"

    def run_from_argv(self, argv: list[str]) -> None:
        """Hand everything after the command's name over and end with its exit code."""
        sys.exit(main(argv[2:]))
