"""What the shell of every page needs: the city, the menu for this person's roles, and who is signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi.city.authority import Authority, holds
from madoguchi.city.models import StaffMember
from madoguchi.city.queries import CityNotSetUp, profile, seat_of

MENU = (
    (Authority.COUNTER, "counter:worklist", "受付一覧"),
    (Authority.COUNTER, "counter:bookings", "予約"),
    (Authority.COUNTER, "counter:letters", "届出後の通知"),
    (Authority.PREPARE, "counter:preparations", "下準備"),
    (Authority.INTERPRET, "counter:interpreted", "通訳する受付"),
    (Authority.CALLS, "counter:calls", "呼出し"),
    (Authority.DEPARTMENT, "counter:desk", "課の画面"),
    (Authority.REVIEW, "counter:reviews", "審査"),
    (Authority.CONNECT, "backoffice:changes", "異動データ"),
    (Authority.CONNECT, "backoffice:imports", "取込み"),
    (Authority.CATALOGUE, "backoffice:catalogue", "手続台帳"),
    (Authority.CATALOGUE, "backoffice:editor", "台帳の編集"),
    (Authority.CATALOGUE, "backoffice:inventory", "棚卸し"),
    (Authority.CATALOGUE, "backoffice:form_review", "申請書の見直し"),
    (Authority.CATALOGUE, "backoffice:feedback", "ご意見"),
    (Authority.LEVELLING, "backoffice:levelling", "平準化"),
    (Authority.INSIGHT, "backoffice:insight", "実績"),
    (Authority.INSIGHT, "backoffice:coverage", "カードの交付状況"),
    (Authority.VISIT_LISTS, "backoffice:visit_lists", "出張の名簿"),
    (Authority.PAYMENTS, "backoffice:payments", "収納"),
    (Authority.GIFTS, "backoffice:furusato", "ふるさと納税"),
    (Authority.OUTREACH, "backoffice:campaigns", "案内"),
    (Authority.OUTREACH, "backoffice:reaching", "届いていない方"),
    (Authority.OUTREACH, "backoffice:take_up", "取得率"),
    (Authority.ENTRUSTED, "backoffice:entrusted", "引き継がれた方"),
    (Authority.ADMINISTER, "backoffice:staff", "職員"),
    (Authority.DISPOSAL, "backoffice:disposal", "保存期間と廃棄"),
    (Authority.PROTECTION, "backoffice:sheltered", "支援措置"),
    (Authority.PROTECTION, "backoffice:sheltered_reaching", "届いていない方（支援措置）"),
    (Authority.MATCHING, "backoffice:matches", "オンラインの方の確認"),
    (Authority.AUDIT, "backoffice:audit", "証跡"),
    (Authority.TICKET_MACHINE, "kiosk:branches", "発券機"),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Names and menu for `shared/base.html`; little for whoever is not signed in."""
    try:
        city_name = profile().name
    except CityNotSetUp:
        city_name = ""
    user = getattr(request, "user", None)
    if not isinstance(user, StaffMember) or not user.is_authenticated:
        return {"city_name": city_name, "menu": [], "staff_line": ""}
    seat = seat_of(user)
    place = (
        f"{seat.branch_name} {seat.desk_name}" if seat else (user.department.name if user.department else "")
    )
    menu = []
    for authority, name, label in MENU:
        if holds(request, authority):
            url = reverse(name)
            menu.append({"url": url, "label": _(label), "current": request.path == url})
    return {
        "city_name": _("%(city)s 窓口") % {"city": city_name},
        "menu": menu,
        "provisional": settings.PROVISIONAL,
        "staff_line": f"{place} {user.display_name or user.username}".strip(),
    }
