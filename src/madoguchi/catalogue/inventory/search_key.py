"""A search that forgives: width, case, spaces, kana of either kind, and the short names that an office uses."""

from __future__ import annotations

import unicodedata

_HIRAGANA = {one: one + 0x60 for one in range(0x3041, 0x3097)}
# Short name in daily use → what the law calls it. A search for the first finds the second too.
SHORT_NAMES = {
    "国保": "国民健康保険",
    "後期高齢": "高齢者の医療の確保",
    "マイナンバーカード": "個人番号カード",
    "マイナンバー": "個人番号",
    "番号法": "特定の個人を識別するための番号",
    "住基": "住民基本台帳",
    "入管法": "出入国管理及び難民認定法",
    "障害者総合支援法": "障害者の日常生活及び社会生活を総合的に支援するための法律",
    "保育園": "教育・保育給付",
    "保育所": "教育・保育給付",
    "生保": "生活保護",
    "火葬": "埋葬",
    "軽自動車税": "種別割",
    "パスポート": "旅券",
    "児扶手": "児童扶養手当",
    "母子手帳": "母子健康手帳",
}


def search_key(text: str) -> str:
    """The form in which texts are compared; idempotent."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_HIRAGANA)
    return "".join(plain.split())


def search_terms(query: str) -> tuple[tuple[str, ...], ...]:
    """What must be found: every term, each in one of its wordings."""
    terms = []
    for word in unicodedata.normalize("NFKC", query).split()[:8]:
        key = search_key(word)
        longer = {
            key.replace(search_key(short), search_key(full))
            for short, full in SHORT_NAMES.items()
            if search_key(short) in key
        }
        terms.append((key, *sorted(longer - {key})))
    return tuple(terms)
