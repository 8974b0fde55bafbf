"""まどか市: the invented city of the demo, made by calling operations, as a real city would be."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from madoguchi.audit.entries import Actor
from madoguchi.booking.offering import Offer
from madoguchi.booking.plan_file import ReceptionPlan, read_reception
from madoguchi.booking.reception import apply_reception, reception_places
from madoguchi.cases import opening
from madoguchi.cases.acting import civil_day
from madoguchi.cases.states import IdentityDocument, VisitorKind
from madoguchi.catalogue.operations import publish
from madoguchi.catalogue.queries import current
from madoguchi.city.applying import apply_plan
from madoguchi.city.authority import Role
from madoguchi.city.models import StaffMember
from madoguchi.city.operations import add_staff
from madoguchi.city.plan import CityPlan
from madoguchi.city.plan_file import asked_by, read_plan
from madoguchi.city.queries import seat_of, system_actor
from madoguchi.config.demo_past import make_past
from madoguchi.config.demo_push import make_push
from madoguchi.connect.twins.donation_management import gift_file
from madoguchi.furusato.mapping import gift_mapping
from madoguchi.furusato.taking_in import take_in
from madoguchi.insight.coverage.days import count_day
from madoguchi.procedures.loader import NATIONAL_FOLDER
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.load import load_population

MADOKA_FILE = Path(__file__).with_name("madoka.toml")
RECEPTION_FILE = Path(__file__).with_name("madoka_reception.toml")
CITY_PACK = Path(__file__).resolve().parents[3] / "packs" / "madoka"
LANGUAGES_PACK = CITY_PACK.with_name("languages")
PASSWORD = "madoka-demo-2026"
SEED = 20261123
GIFTS = 40


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """A sign-in of the demo: who, what they may do, where they sit."""

    username: str
    name: str
    roles: tuple[Role, ...]
    department: str | None = None
    branch: str | None = None
    desk: str | None = None
    shows: str = ""


STAFF = (
    DemoStaff("clerk", "窓口 花子", (Role.CLERK,), "citizens", "main", "desk1", "受付一覧・聞き取り・署名"),
    DemoStaff("clerk2", "西野 桃子", (Role.CLERK,), "citizens", "north", "desk1", "支所の受付"),
    DemoStaff("reviewer", "確認 次郎", (Role.REVIEWER,), "citizens", "main", "desk2", "審査"),
    DemoStaff("insurance", "国保 三郎", (Role.OFFICER,), "insurance", None, None, "国保の課の画面"),
    DemoStaff("childcare", "子育 四葉", (Role.OFFICER,), "childcare", None, None, "子育ての課の画面"),
    DemoStaff("systems", "情報 五郎", (Role.SYSTEMS,), None, None, None, "異動データ・職員"),
    DemoStaff(
        "dx", "推進 六花", (Role.DX,), None, None, None, "手続台帳・台帳の編集・棚卸し・申請書の見直し"
    ),
    DemoStaff("dx2", "改善 九十", (Role.DX,), None, None, None, "台帳の編集（もう一人）"),
    DemoStaff("protection", "支援 八重", (Role.PROTECTION,), "citizens", None, None, "支援措置の期限"),
    DemoStaff(
        "protection2",
        "守屋 千歳",
        (Role.PROTECTION,),
        "citizens",
        None,
        None,
        "非常時の開示に同意するもう一人",
    ),
    DemoStaff("cashier", "収納 一郎", (Role.CASHIER,), "payment", None, None, "収納（支払い・返金・突合せ）"),
    DemoStaff(
        "cashier2", "会計 二葉", (Role.CASHIER,), "payment", None, None, "収納（返金の承認をするもう一人）"
    ),
    DemoStaff("gifts", "寄附 緑", (Role.GIFTS,), None, None, None, "ふるさと納税（ワンストップ特例）"),
    DemoStaff("herald", "案内 十和", (Role.OUTREACH,), None, None, None, "使える手続きの案内"),
    DemoStaff("herald2", "便 千里", (Role.OUTREACH,), None, None, None, "案内の承認をするもう一人"),
    DemoStaff(
        "commissioner", "民生 福子", (Role.COMMISSIONER,), None, None, None, "引き継がれた方（民生委員）"
    ),
    DemoStaff("interpreter", "通訳 林", (Role.INTERPRETER,), None, None, None, "呼ばれた受付を見る（通訳）"),
    DemoStaff(
        "reception", "委託 千秋", (Role.CONTRACT_RECEPTION,), None, "main", "desk2", "呼出し（受付の委託）"
    ),
    DemoStaff(
        "preparing", "委託 真冬", (Role.CONTRACT_PREPARING,), None, "main", "desk2", "下準備（下準備の委託）"
    ),
    DemoStaff("machine", "発券機 1", (Role.TICKET_MACHINE,), None, None, None, "発券機"),
    DemoStaff("auditor", "監査 七海", (Role.AUDITOR,), None, None, None, "証跡"),
)


def madoka(pack: Pack) -> CityPlan:
    """まどか市 as its file describes it, without its staff: the demo's sign in with one known password."""
    return read_plan(MADOKA_FILE, catalogue=asked_by(pack))


def reception_plan(on: date) -> ReceptionPlan:
    """What まどか市 offers at its counters and by which rules it calls, as its file says, with the seasons from this year on."""
    return read_reception(RECEPTION_FILE, places=reception_places(), on=on)


def reception(on: date) -> Offer:
    """What まどか市 offers at its counters."""
    return reception_plan(on).offer


def build(
    *, residents: int, now: datetime, progress: Callable[[int], None] | None = None, past_weeks: int = 0
) -> str:
    """Make the whole city in a fresh database, with so many weeks of past; returns the revision of its procedures."""
    by = system_actor("初期設定")
    folders = [NATIONAL_FOLDER, *(one for one in (LANGUAGES_PACK, CITY_PACK) if one.is_dir())]
    revision = publish(folders=folders, by=by, now=now, note="まどか市の最初の版")
    apply_plan(plan=madoka(current()), by=by, now=now)
    apply_reception(plan=reception_plan(civil_day(now)), by=by, now=now)
    for one in STAFF:
        add_staff(
            username=one.username,
            password=PASSWORD,
            display_name=one.name,
            roles=one.roles,
            department=one.department,
            branch=one.branch,
            desk=one.desk,
            by=by,
            now=now,
        )
    make_past(weeks=past_weeks, seed=SEED, by=by, now=now)
    load_population(residents=residents, seed=SEED, on=civil_day(now), by=by, now=now, progress=progress)
    if residents:
        count_day(by=by, screen="demo", now=now)
        make_push(seed=SEED, by=by, now=now)
    _first_case(now)
    _gifts(by, now)
    return revision


def _gifts(by: Actor, now: datetime) -> None:
    """What the simulated donation management tells of this year, taken in as in the office."""
    file = io.BytesIO(gift_file(on=civil_day(now), donors=GIFTS))
    take_in(stream=file, mapping=gift_mapping("standard"), dry_run=False, by=by, now=now)


def _first_case(now: datetime) -> None:
    """A family that is sitting at the first desk, its certificate copied, so that the hearing can be tried at once."""
    member = StaffMember.objects.get(username="clerk")
    seat = seat_of(member)
    assert seat is not None, "the clerk sits at a desk"
    by = Actor(member.pk, member.display_name, seat.branch, seat.desk)
    case = opening.open_case(event=EventKind.move_in, by=by, now=now)
    opening.begin_from_certificate(case=case, certificate=family(civil_day(now)), by=by, now=now)
    opening.set_visitor(
        case=case,
        kind=VisitorKind.SELF,
        person="p1",
        name="",
        phone="",
        documents=frozenset({IdentityDocument.MY_NUMBER_CARD}),
        proof_seen=False,
        unproved=False,
        by=by,
        now=now,
        version=None,
    )


def family(today: date) -> opening.MovingOutCertificate:
    """The invented family of five of the journey: a couple, a schoolchild, a small child, a grandmother."""
    moved = today - timedelta(days=4)

    def person(
        name: str, kana: str, birth: date, sex: str, relationship: str, **facts: str
    ) -> opening.CertificatePerson:
        known = {"nationality_class": "jp", **facts}
        return opening.CertificatePerson(name, kana, birth, sex, relationship, known)

    return opening.MovingOutCertificate(
        old_address="埼玉県深谷市本住町1番地",
        new_address="まど県まどか市緑町3丁目30番8号",
        new_building="まどか荘201号",
        old_head="窓辺 太郎",
        planned_move_out_date=moved - timedelta(days=3),
        move_date=moved,
        special=False,
        people=(
            person(
                "窓辺 太郎",
                "マドベ タロウ",
                date(1984, 5, 2),
                "male",
                "世帯主",
                health_insurance="nhi",
                pension="1",
            ),
            person(
                "窓辺 幸子",
                "マドベ サチコ",
                date(1986, 7, 9),
                "female",
                "妻",
                health_insurance="nhi",
                pension="1",
            ),
            person("窓辺 一樹", "マドベ カズキ", date(2018, 4, 1), "male", "子", health_insurance="nhi"),
            person("窓辺 双葉", "マドベ フタバ", date(2022, 6, 15), "female", "子", health_insurance="nhi"),
            person(
                "窓辺 梅",
                "マドベ ウメ",
                date(1939, 2, 3),
                "female",
                "母",
                health_insurance="late_elderly",
                pension="receiving",
            ),
        ),
    )
