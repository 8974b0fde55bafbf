"""A procedure's plain parts as a form and back: names, department, events, what to bring, deadlines, what lateness costs.

Conditions have a screen of their own; what the form does not show stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from madoguchi.channels.backoffice.editor.common import plain, plain_lines
from madoguchi.channels.shared.fields import whole_number
from madoguchi.procedures.editing.key_words import CHANNEL_WORDS, LOSS_WORDS
from madoguchi.procedures.facts import FactType, Holder
from madoguchi.procedures.packs import CHANNEL_LEVELS, LOSSES, Pack, RecordNeed
from madoguchi.procedures.situation import EventKind

TEXTS = {
    "name": "名前",
    "summary": "説明（窓口で読み上げる一文）",
    "law": "根拠（法令・条例・要綱）",
    "notes": "職員向けの注",
}
assert set(CHANNEL_WORDS) == set(CHANNEL_LEVELS)
assert set(LOSS_WORDS) == set(LOSSES)
CHANNELS = {"counter": "窓口", "online": "オンライン"}
SPARE_DEADLINES = SPARE_AMOUNTS = 1
AMOUNT_PER = {"once": "一度", "month": "毎月", "year": "毎年"}
PAYEE = "請求した方"
# From when an own rule holds until somebody writes the day of its ordinance.
RULES_SINCE = date(2000, 1, 1)
_OWN_ID = re.compile(r"own-(\d+)")


def shown(values: Mapping[str, Any], pack: Pack) -> dict[str, Any]:
    """What the template of the form needs."""
    return {
        "texts": [(key, _(words), values.get(key, "")) for key, words in TEXTS.items()],
        "verified": "" if values.get("verified") in (None, "unverified") else values["verified"],
        "departments": [(one.key, one.name) for one in pack.departments.values()],
        "department": values.get("department"),
        "events": [(one.value, _(one.label), one.value in values.get("events", [])) for one in EventKind],
        "per": values.get("per", "person"),
        "channels": [
            (key, _(words), values.get("channels", {}).get(key, "")) for key, words in CHANNELS.items()
        ],
        "levels": [(key, _(words)) for key, words in CHANNEL_WORDS.items()],
        "fee": values.get("fee_yen"),
        "fee_note": values.get("fee_note", ""),
        "tell": "\n".join(values.get("tell", [])),
        "bring": "\n".join(one["text"] for one in values.get("bring", []) if "when" not in one),
        "bring_when": [one for one in values.get("bring", []) if "when" in one],
        "late": values.get("late", {}),
        "losses": [(key, _(words)) for key, words in LOSS_WORDS.items()],
        "sheet": values.get("sheet", ""),
        "sheets": [(name, str(one.get("title", name))) for name, one in sorted(pack.sheets.items())],
        "deadlines": [*values.get("deadline", []), *[{} for _spare in range(SPARE_DEADLINES)]],
        "starts": starts_of(pack),
        "amounts": [
            {**one, "plain": _is_plain(one)}
            for one in [*values.get("amount", []), *[{} for _spare in range(SPARE_AMOUNTS)]]
        ],
        "amount_per": [(key, _(words)) for key, words in AMOUNT_PER.items()],
        "event_choices": [(one.value, _(one.label)) for one in EventKind],
        "without": {"state": RecordNeed.UNKNOWN.value, **values.get("without_record", {})},
        "needs": [(one.value, _(one.label)) for one in RecordNeed],
    }


def starts_of(pack: Pack) -> list[tuple[str, str]]:
    """The days from which a deadline can be counted."""
    dates = [one for one in pack.vocabulary if one.type is FactType.DATE and one.holder is Holder.EVENT]
    return [(f"event.{one.key}", one.label) for one in dates] + [
        ("reference_date", _("異動の日")), ("notified_on", _("届出の日")),
    ]  # fmt: skip


def said(post: QueryDict, before: Mapping[str, Any], pack: Pack) -> tuple[dict[str, Any], list[str]]:
    """The values as the form says them, and what cannot be taken, as sentences."""
    values = dict(before)
    problems: list[str] = []
    for key in TEXTS:
        values[key] = plain(post.get(key, ""))
    if not values["notes"]:
        values.pop("notes")
    values["verified"] = plain(post.get("verified", ""), 200) or "unverified"
    values["department"] = post.get("department", "")
    known = [one.value for one in EventKind]
    values["events"] = [one for one in known if one in post.getlist("events")]
    values["per"] = "household" if post.get("per") == "household" else "person"
    channels = {key: post.get(f"channel-{key}", "") for key in CHANNELS}
    values["channels"] = {
        **{key: level for key, level in before.get("channels", {}).items() if key not in CHANNELS},
        **{key: level for key, level in channels.items() if level in CHANNEL_LEVELS},
    }
    _fee(post, values, problems)
    values["tell"] = plain_lines(post.get("tell", ""))
    values["bring"] = [
        *[{"text": line} for line in plain_lines(post.get("bring", ""))],
        *[one for place, one in enumerate(_conditional(before)) if not post.get(f"drop-bring-{place}")],
    ]
    late = plain(post.get("late", ""))
    loses = post.get("loses", "none")
    values["late"] = {"text": late, "loses": loses if loses in LOSSES else "none"} if late else {}
    values.pop("sheet", None)
    if post.get("sheet", "") in pack.sheets:
        values["sheet"] = post["sheet"]
    _without_record(post, values, problems)
    values["deadline"] = _deadlines(post, values["events"], before, problems)
    values["amount"] = _amounts(post, before, problems)
    for key in ("late", "bring", "deadline", "amount"):
        if not values[key] and key not in before:
            values.pop(key)
    problems += [
        _("「%(name)s」を入れてください。") % {"name": TEXTS[key]}
        for key in ("name", "summary", "law")
        if not values[key]
    ]
    if not values["events"]:
        problems.append(_("きっかけ（異動の種類）を一つ以上選んでください。"))
    return values, problems


def _without_record(post: QueryDict, values: dict[str, Any], problems: list[str]) -> None:
    """What is said of people without a 住民票; what the form does not show (law, another name) stays."""
    state = post.get("without-state", "")
    if state not in {one.value for one in RecordNeed}:
        return
    text, verified = plain(post.get("without-text", ""), 300), plain(post.get("without-verified", ""), 200)
    if state == RecordNeed.UNKNOWN.value:
        if "without_record" in values:
            values["without_record"] = {"state": state}
        return
    if not text:
        problems.append(_("住民票がないときに、どうすれば受けられるかを一文で入れてください。"))
    before = {key: one for key, one in values.get("without_record", {}).items() if key in ("law", "name")}
    values["without_record"] = {"state": state, **before, "text": text, "verified": verified or "unverified"}


def _conditional(before: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in before.get("bring", []) if "when" in one]


def _fee(post: QueryDict, values: dict[str, Any], problems: list[str]) -> None:
    text = plain(post.get("fee", ""), 20)
    values.pop("fee_yen", None)
    values.pop("fee_note", None)
    if text:
        fee = whole_number(text.replace(",", ""))
        if fee is None:
            problems.append(_("手数料は0以上の整数（円）で入れてください。"))
        else:
            values["fee_yen"] = fee
    if note := plain(post.get("fee_note", ""), 200):
        values["fee_note"] = note


def _deadlines(
    post: QueryDict, events: list[str], before: Mapping[str, Any], problems: list[str]
) -> list[dict[str, Any]]:
    found = []
    for place in range(len(before.get("deadline", [])) + SPARE_DEADLINES):
        text = plain(post.get(f"days-{place}", ""), 10)
        if not text:
            continue
        days, event = whole_number(text), post.get(f"event-{place}", "")
        if days is None:
            problems.append(_("期限の日数は0以上の整数で入れてください。"))
            continue
        if event not in events:
            problems.append(_("期限の「きっかけ」は、この手続きのきっかけから選んでください。"))
            continue
        found.append(
            {
                "event": event,
                "from": plain(post.get(f"from-{place}", ""), 200),
                "days": days,
                "count_first_day": post.get(f"first-{place}") == "1",
                "roll_to_open_day": post.get(f"roll-{place}") == "1",
            }
        )
    return found


def _is_plain(amount: Mapping[str, Any]) -> bool:
    """Whether the amount is a number, and not a formula that the form cannot show."""
    return str(amount.get("yen", "0")).isascii() and str(amount.get("yen", "0")).isdigit()


def _amounts(post: QueryDict, before: Mapping[str, Any], problems: list[str]) -> list[dict[str, Any]]:
    """The amounts in their order; a formula stays as it is, an emptied number is taken away."""
    found: list[dict[str, Any]] = []
    for place, one in enumerate([*before.get("amount", []), *[{} for _spare in range(SPARE_AMOUNTS)]]):
        if not _is_plain(one):
            found.append(dict(one))
            continue
        text = plain(post.get(f"yen-{place}", ""), 20).replace(",", "")
        if not text:
            continue
        yen, per = whole_number(text), post.get(f"per-{place}", "")
        if yen is None:
            problems.append(_("金額は0以上の整数（円）で入れてください。"))
            continue
        payee = plain(post.get(f"payee-{place}", ""), 60)
        found.append(
            {**one, "yen": str(yen), "per": per if per in AMOUNT_PER else "once", "payee": payee or PAYEE}
        )
    return found


def new_values(post: QueryDict, pack: Pack) -> dict[str, Any]:
    """A procedure of the city's own as it begins: without a rule that makes it necessary for anybody."""
    used = [int(found[1]) for one in pack.procedures if (found := _OWN_ID.fullmatch(one.id))]
    number = max(used, default=0) + 1
    laws = {one.law_id for one in pack.procedures}
    law_id = next(f"ZZ{at:02d}" for at in range(1, 100) if f"ZZ{at:02d}" not in laws)
    per = "household" if post.get("per") == "household" else "person"
    subject = "event.kind == 'move_in'" if per == "household" else "person.moves"
    return {
        "id": f"own-{number}",
        "law_id": law_id,
        "name": plain(post.get("name", ""), 100),
        "summary": plain(post.get("summary", ""), 300),
        "law": plain(post.get("law", ""), 200),
        "events": [post.get("event", "")],
        "per": per,
        "department": post.get("department", ""),
        "channels": {"counter": "full"},
        "tell": plain_lines(post.get("tell", "")) or [_("くわしくは担当課が説明します。")],
        "verified": "unverified",
        "rule": [
            {
                "since": RULES_SINCE,
                "optional": subject,
                "because": _("希望する方は申請できます"),
                "otherwise": [{"when": "True", "because": _("対象ではないためです")}],
            }
        ],
    }
