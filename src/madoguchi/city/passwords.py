"""Which words a password may not lean on (パスワードの語): what anybody who knows the office would try first.

The list is ours: the product, the office, its sections and its work, with the city's own name and the sign-in name. A password that
has fewer than eight other characters beside them is refused; how it is otherwise made is everybody's own.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from madoguchi.city.models import Municipality

OFFICE_WORDS = (
    "madoguchi", "窓口", "まどぐち", "shiyakusho", "市役所", "やくしょ", "yakusho", "yakuba", "役場", "city", "kyoku",
    "shimin", "市民", "juumin", "jumin", "住民", "koseki", "戸籍", "zeimu", "税務", "hoken", "保険", "fukushi", "福祉",
    "password", "パスワード", "admin", "kanri", "管理", "staff", "shokuin", "職員", "reiwa", "令和",
)  # fmt: skip
FEWEST_OTHERS = 8


class NoOfficeWords:
    """Django's password check: a password is more than words that everybody knows of this office."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError when too little is left beside the words."""
        left = unicodedata.normalize("NFKC", password).casefold()
        for word in sorted(self._words(user), key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < min(FEWEST_OTHERS, len(password)):
            raise ValidationError(self.get_help_text(), code="office_words")

    def get_help_text(self) -> str:
        """What to do, for whoever chooses a password."""
        return _(
            "役所・課・市の名前やサインインの名前に頼らないパスワードにしてください。それ以外の文字が8文字は要ります。"
        )

    def _words(self, user: Any) -> set[str]:
        name = Municipality.objects.values_list("name", flat=True).first() or ""
        own = {name, name.rstrip("市町村区"), getattr(user, "username", "") or ""}
        return {
            unicodedata.normalize("NFKC", one).casefold() for one in (*OFFICE_WORDS, *own) if len(one) > 1
        }
