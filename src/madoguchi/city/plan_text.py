"""The file of a city, written (市の設定ファイルの書き出し): the template to fill in, and a city as it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib import resources

from madoguchi.city.authority import ROLE_NAMES, Role
from madoguchi.city.plan import WEEKDAYS, CityPlan
from madoguchi.city.staff_rows import HEADINGS

BOM = "\ufeff"  # so that Excel opens it as UTF-8


def template(duties: Mapping[str, str]) -> str:
    """The commented file to fill in, with one department for each duty of the catalogue (key → name)."""
    text = resources.files("madoguchi.city").joinpath("city-template.toml").read_text(encoding="utf-8")
    departments = "\n".join(
        f"[[department]]\nkey = {_quoted(key)}\nname = {_quoted(name)}\nduties = [{_quoted(key)}]\n"
        for key, name in duties.items()
    )
    roles = "、".join(ROLE_NAMES.values())
    return text.replace("{departments}", departments).replace("{roles}", roles)


def staff_template() -> str:
    """The headings of the list of staff."""
    return BOM + ",".join(HEADINGS) + "\r\n"


def written(plan: CityPlan) -> str:
    """The plan as a file that describes it again."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: CityPlan) -> Iterator[str]:
    yield "[city]"
    yield f"code = {_quoted(plan.profile.code)}"
    yield f"prefecture = {_quoted(plan.profile.prefecture)}"
    yield f"name = {_quoted(plan.profile.name)}"
    yield f"mayor_title = {_quoted(plan.profile.mayor_title)}"
    for branch in plan.branches:
        desks = ", ".join(f"{key} = {_quoted(name)}" for key, name in branch.desks.items())
        yield from ("", "[[branch]]", f"key = {_quoted(branch.key)}", f"name = {_quoted(branch.name)}")
        yield from (f"letter = {_quoted(branch.letter)}", f"desks = {{ {desks} }}")
    for one in plan.departments:
        yield from ("", "[[department]]", f"key = {_quoted(one.key)}", f"name = {_quoted(one.name)}")
        yield f"duties = [{', '.join(map(_quoted, one.duties))}]"
    week = ", ".join(_quoted(WEEKDAYS[day]) for day in sorted(plan.weekly_closed))
    yield from ("", "[calendar]", f"weekly_closed = [{week}]")
    if plan.days == ():
        yield "day = []"
    for day in plan.days or ():
        yield from (
            "",
            "[[calendar.day]]",
            f"day = {day.day.isoformat()}",
            f"open = {str(day.is_open).lower()}",
        )
        if day.note:
            yield f"note = {_quoted(day.note)}"
    for member in plan.staff or ():
        roles = ", ".join(_quoted(ROLE_NAMES[role]) for role in Role if role in member.roles)
        yield from ("", "[[staff]]", f"number = {_quoted(member.number)}", f"name = {_quoted(member.name)}")
        for key in ("department", "branch", "desk"):
            if value := getattr(member, key):
                yield f"{key} = {_quoted(value)}"
        yield f"roles = [{roles}]"


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's, where DEL must be escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
