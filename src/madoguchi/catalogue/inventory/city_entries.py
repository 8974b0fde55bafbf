"""A procedure of the city's own list (市の手続き一覧), its fields, and how a row of Excel becomes one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from madoguchi.catalogue.inventory.ease import OPTIONS, Criterion, volume_option
from madoguchi.jp.wareki import WarekiError, parse_date_text


class Basis(Enum):
    """On what a procedure rests (根拠の種類)."""

    STATUTE = "statute"
    ORDINANCE = "ordinance"
    RULE = "rule"
    OUTLINE = "outline"
    OTHER = "other"


BASIS_NAMES = {
    Basis.STATUTE: "法令", Basis.ORDINANCE: "条例", Basis.RULE: "規則", Basis.OUTLINE: "要綱・要領", Basis.OTHER: "そのほか",
}  # fmt: skip


class Online(Enum):
    """Whether residents can do it online (オンラインの状況)."""

    NO = "no"
    DOING = "doing"
    DONE = "done"
    NEVER = "never"


ONLINE_NAMES = {
    Online.NO: "まだ", Online.DOING: "準備中", Online.DONE: "実施済", Online.NEVER: "対象にしない",
}  # fmt: skip
SCORED = (Criterion.LAW, Criterion.IDENTITY, Criterion.FEE, Criterion.ATTACHMENTS, Criterion.ORIGINALS)
# What makes an entry complete (記入のそろい具合).
COMPLETE = ("department", "law", "volume", "owner", "form", "reviewed_on")


@dataclass(frozen=True, slots=True)
class CityEntry:
    """One procedure of the city. `number` is the city's own; `features` by criterion (absent: わからない)."""

    number: str
    name: str
    department: str = ""
    basis: Basis = Basis.STATUTE
    law: str = ""
    national: str = ""
    procedure: str = ""
    volume: int | None = None
    minutes: int | None = None
    online: Online = Online.NO
    online_since: date | None = None
    form: str = ""
    owner: str = ""
    reviewed_on: date | None = None
    note: str = ""
    features: Mapping[Criterion, str] = field(default_factory=dict)

    def all_features(self) -> Mapping[Criterion, str]:
        """The options by which ease is scored, the volume with them."""
        return {**self.features, Criterion.VOLUME: volume_option(self.volume)}

    @property
    def completeness(self) -> int:
        """How much of what should be known is filled in, in percent."""
        known: list[bool] = [getattr(self, name) not in (None, "") for name in COMPLETE]
        known += [self.features.get(one, "unknown") != "unknown" for one in SCORED]
        return round(100 * sum(known) / len(known))


# Heading → field, in the order of the columns of the Excel.
HEADINGS: Mapping[str, str] = {
    "手続番号": "number", "手続名": "name", "担当課": "department", "根拠の種類": "basis", "根拠": "law",
    "国の手続ID": "national", "手続台帳の番号": "procedure", "年間件数": "volume", "1件の来庁時間(分)": "minutes",
    "オンライン": "online", "オンライン開始日": "online_since", "制度の壁": "law_barrier", "本人確認": "identity",
    "手数料": "fee", "添付書類": "attachments", "原本": "originals", "様式": "form", "管理者": "owner",
    "見直した日": "reviewed_on", "備考": "note",
}  # fmt: skip
HEADING_OF = {name: heading for heading, name in HEADINGS.items()}
CRITERION_OF = {
    "law_barrier": Criterion.LAW, "identity": Criterion.IDENTITY, "fee": Criterion.FEE,
    "attachments": Criterion.ATTACHMENTS, "originals": Criterion.ORIGINALS,
}  # fmt: skip
LONGEST = {
    "number": 40,
    "name": 200,
    "department": 60,
    "law": 200,
    "national": 40,
    "procedure": 60,
    "form": 100,
    "owner": 60,
    "note": 500,
}
NUMBER = re.compile(r"[\w.-]+")
MOST_VOLUME, MOST_MINUTES = 100_000_000, 10_000


def entry_from(cells: Mapping[str, str]) -> tuple[CityEntry | None, tuple[str, ...]]:
    """Read the cells of a row by heading; gives the entry, or every fault as a sentence."""
    given = {HEADINGS[heading]: text.strip() for heading, text in cells.items() if heading in HEADINGS}
    faults = _wrong_texts(given)
    options = {
        criterion: _choice(HEADING_OF[name], OPTIONS[criterion], given.get(name, ""), "unknown", faults)
        for name, criterion in CRITERION_OF.items()
    }
    basis = _choice(HEADING_OF["basis"], _by_value(BASIS_NAMES), given.get("basis", ""), "statute", faults)
    online = _choice(HEADING_OF["online"], _by_value(ONLINE_NAMES), given.get("online", ""), "no", faults)
    entry = CityEntry(
        **{name: given.get(name, "") for name in LONGEST},
        basis=Basis(basis),
        volume=_number(HEADING_OF["volume"], given.get("volume", ""), MOST_VOLUME, faults),
        minutes=_number(HEADING_OF["minutes"], given.get("minutes", ""), MOST_MINUTES, faults),
        online=Online(online),
        online_since=_day(HEADING_OF["online_since"], given.get("online_since", ""), faults),
        reviewed_on=_day(HEADING_OF["reviewed_on"], given.get("reviewed_on", ""), faults),
        features={criterion: option for criterion, option in options.items() if option != "unknown"},
    )
    if entry.online_since is not None and entry.online is not Online.DONE:
        faults.append("「オンライン開始日」があるのに「オンライン」が実施済ではありません")
    return (None, tuple(faults)) if faults else (entry, ())


def _wrong_texts(given: Mapping[str, str]) -> list[str]:
    faults = []
    for name, most in LONGEST.items():
        text = given.get(name, "")
        if len(text) > most:
            faults.append(f"「{HEADING_OF[name]}」が{most}字を超えています")
        if any(not one.isprintable() and one not in "\n\u3000" for one in text):
            faults.append(f"「{HEADING_OF[name]}」に文字でないもの（制御文字）が入っています")
    if given.get("number") and not NUMBER.fullmatch(given["number"]):
        faults.append("「手続番号」は文字・数字・ハイフン・下線・点だけにしてください")
    if not given.get("name"):
        faults.append("「手続名」がありません")
    return faults


def _by_value(names: Mapping[Basis, str] | Mapping[Online, str]) -> dict[str, str]:
    return {one.value: name for one, name in names.items()}


def cells_of(entry: CityEntry) -> dict[str, str | int | date | None]:
    """The row of Excel of an entry, by heading; what `entry_from` reads back as the same entry."""
    values: dict[str, str | int | date | None] = {
        "basis": BASIS_NAMES[entry.basis], "online": ONLINE_NAMES[entry.online],
    }  # fmt: skip
    for name, criterion in CRITERION_OF.items():
        option = entry.features.get(criterion)
        values[name] = OPTIONS[criterion][option] if option else ""
    return {
        heading: values[name] if name in values else getattr(entry, name)
        for heading, name in HEADINGS.items()
    }


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _choice(heading: str, names: Mapping[str, str], text: str, default: str, faults: list[str]) -> str:
    if not text:
        return default
    found = next((key for key, name in names.items() if _plain(text) in (_plain(name), key)), None)
    if found is None:
        faults.append(f"「{heading}」の「{text[:20]}」は選べません（{'・'.join(names.values())}）")
        return default
    return found


def _number(heading: str, text: str, most: int, faults: list[str]) -> int | None:
    plain = _plain(text).replace(",", "")
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit()) or len(plain) > 12 or int(plain) > most:
        faults.append(f"「{heading}」の「{text[:20]}」は0〜{most:,}の整数で入れてください")
        return None
    return int(plain)


def _day(heading: str, text: str, faults: list[str]) -> date | None:
    if not text:
        return None
    try:
        found = parse_date_text(text)
    except WarekiError:
        found = None
    if isinstance(found, date):
        return found
    faults.append(f"「{heading}」の「{text[:20]}」は日付として読めません（例: 令和8年4月1日、2026-04-01）")
    return None
