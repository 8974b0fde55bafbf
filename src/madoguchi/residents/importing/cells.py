"""From a cell's text to a value, or a sentence that says what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from madoguchi.jp.check_digits import valid_resident_number
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.kana import full_width_kana
from madoguchi.jp.names import CharacterIdentity
from madoguchi.jp.wareki import WarekiError, parse_date_text
from madoguchi.procedures.facts import Value
from madoguchi.residents.importing.mapping import LONGEST, LONGEST_FACT, CellType, ColumnRule

_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ufffd\ufffe\uffff\ud800-\udfff]")
_LINE_END = re.compile("[\r\n\t\u2028\u2029]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_YES_NO = {
    "1": True,
    "0": False,
    "有": True,
    "無": False,
    "あり": True,
    "なし": False,
    "true": True,
    "false": False,
}
MOST_CODES_NAMED = 8
SHOWN = 20


class CellFault(ValueError):
    """The cell cannot be taken; the message is for the clerk. `character`: the one to blame, where there is one."""

    def __init__(self, sentence: str, character: str = "") -> None:
        self.character = character
        super().__init__(sentence)


def cell_value(text: str, rule: ColumnRule, gaiji: Mapping[str, CharacterIdentity]) -> Value | None:
    """The value of a cell; None when it is blank. Raises CellFault."""
    if not text.isascii() or not text.isprintable():
        _refuse_unusable(text)
        text = _resolved(text, gaiji)
    if rule.type in (CellType.TEXT, CellType.NAME, CellType.KANA):
        return _written(text, rule)
    clean = text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()
    if not clean:
        return None
    match rule.type:
        case CellType.DIGITS:
            return _digits(clean, rule)
        case CellType.BIRTH | CellType.DAY:
            return _date(text.strip(), clean, rule)
        case CellType.CODE:
            return _code(clean, text.strip(), rule)
        case CellType.NUMBER:
            return _number(clean)
        case _:
            return _yes_no(clean, rule)


def _refuse_unusable(text: str) -> None:
    if found := _UNUSABLE.search(text):
        point = ord(found.group())
        what = "文字化けの記号" if point == 0xFFFD else "使えない制御文字"
        raise CellFault(f"{what}（U+{point:04X}）が{found.start() + 1}文字目にあります", found.group())


def _resolved(text: str, gaiji: Mapping[str, CharacterIdentity]) -> str:
    """The text with the source's private characters replaced by what they are. Raises CellFault for an unknown one."""
    if not _PRIVATE.search(text):
        return text
    resolved = []
    for index, character in enumerate(text):
        if not _PRIVATE.match(character):
            resolved.append(character)
        elif character in gaiji:
            resolved.append(gaiji[character].written)
        else:
            code = f"{_cp932_code(character)}U+{ord(character):04X}"
            what = f"外字（{code}）が{index + 1}文字目にあります。対応表の gaiji に何の字かを書いてください"
            raise CellFault(what, character)
    return "".join(resolved)


def _cp932_code(character: str) -> str:
    try:
        return f"シフトJIS {character.encode('cp932').hex().upper()}、"
    except UnicodeEncodeError:
        return ""


def _written(text: str, rule: ColumnRule) -> str | None:
    kept = text.strip(" 　")
    if not kept:
        return None
    longest = LONGEST_FACT if rule.is_fact else LONGEST.get(rule.field, LONGEST_FACT)
    if len(kept) > longest:
        raise CellFault(f"長すぎます（{len(kept)}文字、{longest}文字まで）")
    if _LINE_END.search(kept):
        raise CellFault("改行かタブが入っています")
    return full_width_kana(kept) if rule.type is CellType.KANA else kept


def _digits(clean: str, rule: ColumnRule) -> str:
    if not (clean.isascii() and clean.isdigit()):
        raise CellFault(f"「{clean[:SHOWN]}」は番号として読めません。数字だけにしてください")
    if len(clean) > LONGEST.get(rule.field, LONGEST_FACT):
        raise CellFault(f"長すぎます（{len(clean)}けた）")
    if rule.check_digit and not valid_resident_number(clean):
        raise CellFault("検査数字が合いません。番号の欠け（先頭の0など）を確かめてください")
    return clean


def _date(raw: str, clean: str, rule: ColumnRule) -> date | PossibleDays:
    if rule.eras is not None and len(clean) == 7 and clean.isascii() and clean.isdigit():
        era = rule.eras.get(clean[0])
        if era is None:
            raise CellFault(f"元号の番号「{clean[0]}」が対応表にありません")
        raw = f"{era}{int(clean[1:3])}年{int(clean[3:5])}月{int(clean[5:7])}日"
    if len(raw) > LONGEST["birth"]:
        raise CellFault("日付として長すぎます")
    try:
        found = parse_date_text(raw)
    except (WarekiError, ValueError) as error:
        raise CellFault(str(error).rstrip("。")) from error
    if rule.type is CellType.DAY and isinstance(found, PossibleDays):
        raise CellFault(f"「{raw[:SHOWN]}」は日まで決まった日付にしてください")
    return found


def _code(clean: str, raw: str, rule: ColumnRule) -> str:
    codes = rule.codes or {}
    found = codes.get(clean, codes.get(raw))
    if found is None:
        known = "・".join(list(codes)[:MOST_CODES_NAMED]) + ("…" if len(codes) > MOST_CODES_NAMED else "")
        raise CellFault(f"「{clean[:SHOWN]}」は対応表にありません（あるのは {known}）")
    return found


def _number(clean: str) -> int:
    plain = clean.replace(",", "")
    if not (plain.isascii() and plain.isdigit()) or len(plain) > 15:
        raise CellFault(f"「{clean[:SHOWN]}」は0以上の数として読めません")
    return int(plain)


def _yes_no(clean: str, rule: ColumnRule) -> bool:
    code = rule.codes.get(clean, clean) if rule.codes is not None else clean
    if code.lower() not in _YES_NO:
        raise CellFault(f"「{clean[:SHOWN]}」は有・無として読めません")
    return _YES_NO[code.lower()]
