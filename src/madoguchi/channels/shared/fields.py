"""Form fields that every channel shares."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.wareki import WarekiError, parse_date_text, parse_day_and_time


class WarekiField(forms.CharField):
    """A date as people write it. With `exact`, 不詳 is refused; with `timed`, a time of day may stand beside it."""

    def __init__(self, *, exact: bool = True, timed: bool = False, **options: Any) -> None:
        self.exact, self.timed = exact, timed
        super().__init__(max_length=40, **options)
        self.widget.attrs.update({"autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            found = parse_day_and_time(text) if self.timed else parse_date_text(text)
        except WarekiError as error:
            raise forms.ValidationError(str(error)) from error
        if self.exact and isinstance(found, PossibleDays):
            raise forms.ValidationError(_("日まで分かる日付を入れてください。"))
        return found


_LONGEST_NUMBER = 9


def whole_number(text: str) -> int | None:
    """A number that a page sent back to us, or None for anything else (「²」 is a digit to Python and no number)."""
    usual = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if usual else None
