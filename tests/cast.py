"""The invented city of まどか and its people: one cast for every test, each with a role that never changes.

Nobody here exists. 宛名番号 carry their check digit, as those of a core system do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from madoguchi.audit.entries import Actor
from madoguchi.cases.opening import CertificatePerson, MovingOutCertificate
from madoguchi.city.authority import Role
from madoguchi.jp.check_digits import with_check_digit
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.names import NameParts
from madoguchi.residents.people import RegisterEntry

NOW = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 9)
MOVED_ON = date(2026, 11, 5)
PASSWORD = "もりのくまさんとおどる2026"
SETTER = Actor(None, "初期設定", "main", "")


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff of the cast: what they are, where they sit, which department they belong to."""

    name: str
    roles: tuple[Role, ...]
    desk: str | None = None
    department: str | None = None
    branch: str = "main"


STAFF: Mapping[str, Staff] = {
    "clerk_hana": Staff("窓口 花", (Role.CLERK,), "desk1"),
    "clerk_taro": Staff("窓口 太郎", (Role.CLERK,), "desk2"),
    "clerk_north": Staff("北 三郎", (Role.CLERK,), "desk1", branch="north"),
    "reviewer_jiro": Staff("審査 次郎", (Role.REVIEWER,), "desk3"),
    "officer_nhi": Staff("国保 四郎", (Role.OFFICER,), None, "insurance"),
    "officer_child": Staff("子育 五月", (Role.OFFICER,), None, "childcare"),
    "systems_saki": Staff("情報 咲", (Role.SYSTEMS,)),
    "dx_mio": Staff("推進 澪", (Role.DX,)),
    "dx_sora": Staff("推進 空", (Role.DX,)),
    "auditor_ren": Staff("監査 蓮", (Role.AUDITOR,)),
    "protector_yuki": Staff("支援 雪", (Role.PROTECTION,), None, "citizens"),
    "cashier_kin": Staff("収納 欣", (Role.CASHIER,)),
    "cashier_gin": Staff("収納 銀", (Role.CASHIER,)),
    "gifts_midori": Staff("寄附 緑", (Role.GIFTS,)),
    "herald_aki": Staff("案内 秋", (Role.OUTREACH,)),
    "herald_fuyu": Staff("案内 冬", (Role.OUTREACH,)),
    "commissioner_tami": Staff("民生 多美", (Role.COMMISSIONER,)),
    "interpreter_lin": Staff("通訳 林", (Role.INTERPRETER,)),
    "contract_uke": Staff("委託 受", (Role.CONTRACT_RECEPTION,), "desk2"),
    "contract_shita": Staff("委託 下", (Role.CONTRACT_PREPARING,), "desk2"),
    "machine_one": Staff("発券機 1", (Role.TICKET_MACHINE,)),
    "nobody_yet": Staff("新人 七海", ()),
}
ONE_OF_EACH_ROLE: Mapping[Role | None, str] = {
    Role.CLERK: "clerk_hana",
    Role.REVIEWER: "reviewer_jiro",
    Role.OFFICER: "officer_nhi",
    Role.SYSTEMS: "systems_saki",
    Role.DX: "dx_mio",
    Role.AUDITOR: "auditor_ren",
    Role.PROTECTION: "protector_yuki",
    Role.TICKET_MACHINE: "machine_one",
    Role.CASHIER: "cashier_kin",
    Role.GIFTS: "gifts_midori",
    Role.OUTREACH: "herald_aki",
    Role.COMMISSIONER: "commissioner_tami",
    Role.INTERPRETER: "interpreter_lin",
    Role.CONTRACT_RECEPTION: "contract_uke",
    Role.CONTRACT_PREPARING: "contract_shita",
    None: "nobody_yet",
}

# Stands in no other row, so that finding it anywhere is a leak.
PLANTED_ADDRESS = "まど県まどか市蛍沢七丁目31番地の88"
PLANTED_BUILDING = "かくれみのハイツ707号室"
PLANTED = ("蛍沢", "かくれみの")


def number(serial: int) -> str:
    """宛名番号 of the cast."""
    return with_check_digit(f"{serial:012d}")


def _entry(
    serial: int,
    name: NameParts,
    birth: date | PossibleDays,
    sex: str,
    relationship: str,
    household: int,
    address: str,
    **more: object,
) -> RegisterEntry:
    return RegisterEntry(
        number(serial), name, birth, sex, relationship, with_check_digit(f"{household:06d}"), address, **more
    )


_HOME = "まど県まどか市柏台三丁目5番地の1"
_TWIN_HOME = "まど県まどか市緑町一丁目2番地"
RESIDENTS: Mapping[str, RegisterEntry] = {
    "head": _entry(
        1, NameParts("髙橋 太郎", "タカハシ タロウ"), date(1984, 5, 2), "male", "世帯主", 1, _HOME
    ),
    "wife": _entry(
        2, NameParts("髙橋 さくら", "タカハシ サクラ"), date(1986, 2, 28), "female", "妻", 1, _HOME
    ),
    "april_first": _entry(
        3, NameParts("髙橋 花", "タカハシ ハナ"), date(2020, 4, 1), "female", "子", 1, _HOME
    ),
    "leap_day": _entry(4, NameParts("髙橋 閏", "タカハシ ジュン"), date(2008, 2, 29), "male", "子", 1, _HOME),
    "mother_of_twins": _entry(
        11, NameParts("双葉 母子", "フタバ ハハコ"), date(1990, 7, 7), "female", "世帯主", 2, _TWIN_HOME
    ),
    "twin_one": _entry(
        12, NameParts("双葉 光", "フタバ ヒカル"), date(2018, 4, 2), "male", "子", 2, _TWIN_HOME
    ),
    "twin_two": _entry(
        13, NameParts("双葉 光", "フタバ ヒカリ"), date(2018, 4, 2), "female", "子", 2, _TWIN_HOME
    ),
    "protected": _entry(
        21,
        NameParts("守田 雪", "モリタ ユキ"),
        date(1992, 1, 15),
        "female",
        "世帯主",
        3,
        f"{PLANTED_ADDRESS} {PLANTED_BUILDING}",
    ),
    "protected_child": _entry(
        22,
        NameParts("守田 凪", "モリタ ナギ"),
        date(2019, 9, 1),
        "male",
        "子",
        3,
        f"{PLANTED_ADDRESS} {PLANTED_BUILDING}",
    ),
    "birth_unknown": _entry(
        31,
        NameParts("年不 詳子", "トシフ ショウコ"),
        PossibleDays("昭和10年月日不詳", date(1935, 1, 1), date(1935, 12, 31)),
        "female",
        "世帯主",
        4,
        "まど県まどか市本町9",
    ),
    "long_name": _entry(
        41,
        NameParts("MARIA FERNANDA DE LOS ANGELES RODRIGUEZ GUTIERREZ", None, alias="山本 マリア"),
        date(1995, 12, 31),
        "female",
        "世帯主",
        5,
        "まど県まどか市駅前4丁目1番2号 国際寮305",
        nationality_class="mid_long",
    ),
    "head_of_joined": _entry(
        51,
        NameParts("大家 一郎", "オオヤ イチロウ"),
        date(1955, 3, 3),
        "male",
        "世帯主",
        6,
        "まど県まどか市柏台1",
    ),
    "wife_of_joined": _entry(
        52, NameParts("大家 文", "オオヤ フミ"), date(1957, 8, 1), "female", "妻", 6, "まど県まどか市柏台1"
    ),
}


def mover(
    name: str, birth: date | PossibleDays, sex: str, relationship: str, **facts: object
) -> CertificatePerson:
    """One person of a moving-out certificate."""
    return CertificatePerson(name, "", birth, sex, relationship, facts)


FIVE = (
    mover(
        "引越 大",
        date(1984, 5, 2),
        "male",
        "世帯主",
        nationality_class="jp",
        health_insurance="nhi",
        pension="1",
    ),
    mover(
        "引越 春",
        date(1986, 2, 28),
        "female",
        "妻",
        nationality_class="jp",
        health_insurance="nhi",
        pension="1",
    ),
    mover("引越 一", date(2014, 4, 2), "male", "子", nationality_class="jp", health_insurance="nhi"),
    mover("引越 二葉", date(2020, 4, 1), "female", "子", nationality_class="jp", health_insurance="nhi"),
    mover(
        "引越 梅", date(1949, 11, 9), "female", "母", nationality_class="jp", health_insurance="late_elderly"
    ),
)


def certificate(
    *people: CertificatePerson,
    move_date: date = MOVED_ON,
    new_address: str = "まど県まどか市窓口町二丁目3番地の5",
    new_building: str = "",
) -> MovingOutCertificate:
    """A moving-out certificate (転出証明書) of the five, or of the people given."""
    return MovingOutCertificate(
        old_address="京都府京都市中京区寺町通御池上る488番地",
        new_address=new_address,
        new_building=new_building,
        old_head="引越 大",
        planned_move_out_date=date(2026, 10, 25),
        move_date=move_date,
        special=False,
        people=people or FIVE,
    )
