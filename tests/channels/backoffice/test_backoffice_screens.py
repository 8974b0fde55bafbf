"""The back office's screens, each by whoever may open it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from tests import cast

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import seal
from madoguchi.audit.paper_head import PaperHead
from madoguchi.audit.queries import person_timeline, staff_timeline
from madoguchi.city.models import StaffMember
from madoguchi.city.queries import desk_names, open_days, staff
from madoguchi.connect import queries
from madoguchi.connect.message_states import MessageState

SignedIn = Callable[[str], Client]
Approve = Callable[..., str]
CHANGES = "/office/changes/"


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def counts() -> dict[str, int]:
    return {state.value: n for state, n in queries.message_counts().items() if n}


class TestChanges:
    def test_from_the_list_to_the_file_to_the_answer(self, approved: Approve, signed_in: SignedIn) -> None:
        approved()
        saki = signed_in("systems_saki")
        assert "20261109-A001-1" in text(saki.get(CHANGES))
        file = saki.post("/office/changes/download.csv")
        assert file["Content-Disposition"] == 'attachment; filename="changes.csv"'
        assert file["Cache-Control"] == "no-store"
        assert "引越 大" in file.content.decode("utf-8-sig")
        assert counts() == {"handed_over": 1}
        answer = saki.post(
            f"{CHANGES}20261109-A001-1/answer/", {"result": "refused", "reason": ""}, follow=True
        )
        assert "理由を入れてください" in text(answer)
        answer = saki.post(f"{CHANGES}20261109-A001-1/answer/", {"result": "ok"}, follow=True)
        assert "答えを受け取りました" in text(answer)
        assert counts() == {"acknowledged": 1}

    def test_cp932_comes_with_the_list_of_degraded_characters(
        self, approved: Approve, signed_in: SignedIn
    ) -> None:
        approved(cast.mover("𠮷田 太郎", cast.FIVE[0].birth, "male", "世帯主"))
        file = signed_in("systems_saki").post("/office/changes/download.cp932")
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            assert "吉田 太郎" in archive.read("changes.csv").decode("cp932")
            assert "𠮷田 太郎" in archive.read("degraded.csv").decode("utf-8-sig")

    def test_a_file_of_answers_says_what_it_took_and_what_not(
        self, approved: Approve, signed_in: SignedIn
    ) -> None:
        approved()
        saki = signed_in("systems_saki")
        saki.post("/office/changes/download.json")
        rows = "change_id,result,reason\n20261109-A001-1,ok,\n20261109-A999-1,ok,\n"
        answer = saki.post(f"{CHANGES}answers/", {"file": SimpleUploadedFile("a.csv", rows.encode())})
        assert "1 件の答えを受け取りました" in text(answer)
        assert "3行目" in text(answer)
        broken = saki.post(f"{CHANGES}answers/", {"file": SimpleUploadedFile("a.csv", b"\x82\xa0")})
        assert "UTF-8" in text(broken)
        assert "ファイルを選んでください" in text(saki.post(f"{CHANGES}answers/"))

    def test_the_list_names_nobody(self, approved: Approve, signed_in: SignedIn) -> None:
        approved(
            certificate=cast.certificate(new_address=cast.PLANTED_ADDRESS, new_building=cast.PLANTED_BUILDING)
        )
        shown = text(signed_in("systems_saki").get(CHANGES))
        assert not [word for word in ("引越", *cast.PLANTED) if word in shown]

    def test_enter_in_the_reason_never_says_registered(self, approved: Approve, signed_in: SignedIn) -> None:
        """Enter presses a form's first button: the reason has a form of its own."""
        approved()
        saki = signed_in("systems_saki")
        saki.post("/office/changes/download.csv")
        forms = text(saki.get(CHANGES)).split("<form")
        (with_reason,) = [one for one in forms if 'name="reason"' in one]
        assert 'value="ok"' not in with_reason

    def test_nothing_to_hand_over_is_said(self, city: object, signed_in: SignedIn) -> None:
        answer = signed_in("systems_saki").post("/office/changes/download.csv", follow=True)
        assert "いま渡すものはありません" in text(answer)

    def test_each_state_can_be_listed(self, approved: Approve, signed_in: SignedIn) -> None:
        approved()
        saki = signed_in("systems_saki")
        assert "20261109-A001-1" in text(saki.get(CHANGES, {"state": MessageState.CREATED.value}))
        assert "20261109-A001-1" not in text(saki.get(CHANGES, {"state": MessageState.REFUSED.value}))

    @pytest.mark.parametrize("path", ["download.exe", "20261109-A001-1/answer/"])
    def test_what_makes_no_sense_is_not_found(self, city: object, signed_in: SignedIn, path: str) -> None:
        assert signed_in("systems_saki").post(f"{CHANGES}{path}", {"result": "perhaps"}).status_code == 404

    def test_a_link_alone_hands_nothing_over(self, approved: Approve, signed_in: SignedIn) -> None:
        approved()
        assert signed_in("systems_saki").get("/office/changes/download.csv").status_code == 405
        assert counts() == {"created": 1}


class TestStaff:
    def test_somebody_is_added_with_roles_and_can_be_stopped(
        self, city: Mapping[str, Actor], signed_in: SignedIn
    ) -> None:
        saki = signed_in("systems_saki")
        given = {
            "username": "new.clerk", "display_name": "新しい 人", "department": "citizens",
            "desk": "/".join(next(iter(desk_names()))), "roles": ["clerk", "officer"],
        }  # fmt: skip
        answer = saki.post("/office/staff/add/", given)
        assert "新しい 人さんがパスワードを決めるリンクです" in text(answer)
        assert answer["Cache-Control"] == "no-store"
        (line,) = [one for one in staff() if one.username == "new.clerk"]
        assert ({role.value for role in line.roles}, line.active) == ({"clerk", "officer"}, True)
        saki.post(f"/office/staff/{line.id}/roles/", {"roles": ["reviewer"]})
        saki.post(f"/office/staff/{line.id}/active/", {"active": "no"})
        (line,) = [one for one in staff() if one.username == "new.clerk"]
        assert ([role.value for role in line.roles], line.active) == (["reviewer"], False)

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"username": "clerk_hana"}, "もう使われています"),
            ({"username": "日本語"}, "半角の英数字"),
            ({"display_name": ""}, "氏名"),
            ({"roles": ["clerk", "contract_preparing"]}, "ほかの役割と一緒には持てません"),
        ],
    )
    def test_what_cannot_be_added_keeps_what_was_typed(
        self, city: object, signed_in: SignedIn, change: Mapping[str, str], said: str
    ) -> None:
        before = StaffMember.objects.count()
        given = {"username": "somebody", "display_name": "だれ か", **change}
        answer = signed_in("systems_saki").post("/office/staff/add/", given)
        assert answer.status_code == 422
        assert said in text(answer)
        assert "直すところがあります" in text(answer)
        assert StaffMember.objects.count() == before

    def test_a_link_for_a_colleague_is_shown_once_and_ends_their_password(
        self, city: Mapping[str, Actor], signed_in: SignedIn
    ) -> None:
        saki, hana = signed_in("systems_saki"), city["clerk_hana"].staff_id
        browser = signed_in("clerk_hana")
        (path,) = re.findall(
            r"<kbd>http://testserver(/staff/password/reset/key/[^<]+)</kbd>",
            text(saki.post(f"/office/staff/{hana}/link/")),
        )
        assert path not in text(saki.get("/office/staff/"))
        assert browser.get("/cases/").status_code == 302
        assert "パスワードを決める" in text(Client().get(path, follow=True))

    def test_a_second_step_is_reset_by_a_colleague_and_never_by_oneself(
        self, city: Mapping[str, Actor], signed_in: SignedIn
    ) -> None:
        saki, own, hana = (
            signed_in("systems_saki"),
            city["systems_saki"].staff_id,
            city["clerk_hana"].staff_id,
        )
        for staff_id in (own, hana):
            TOTP.activate(StaffMember.objects.get(pk=staff_id), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
            saki.post(f"/office/staff/{staff_id}/second-step/")
        assert set(Authenticator.objects.values_list("user_id", flat=True)) == {own}
        assert [one.activity for one in staff_timeline(own or 0)][:1] == ["second_step_reset"]
        assert saki.post(f"/office/staff/{own}/link/").status_code == 302
        assert saki.post("/office/staff/999999/link/").status_code == 404

    def test_a_role_from_outside_is_held_alone(self, city: Mapping[str, Actor], signed_in: SignedIn) -> None:
        saki, hana = signed_in("systems_saki"), city["clerk_hana"].staff_id
        url = f"/office/staff/{hana}/roles/"
        assert "一緒には持てません" in text(saki.post(url, {"roles": ["clerk", "interpreter"]}, follow=True))
        held = {one.username: one.roles for one in staff()}
        assert [role.value for role in held["clerk_hana"]] == ["clerk"]
        saki.post(url, {"roles": ["contract_reception", "contract_preparing"]})
        held = {one.username: one.roles for one in staff()}
        assert {role.value for role in held["clerk_hana"]} == {"contract_reception", "contract_preparing"}

    def test_nobody_locks_themselves_out(self, city: Mapping[str, Actor], signed_in: SignedIn) -> None:
        saki, own = signed_in("systems_saki"), city["systems_saki"].staff_id
        saki.post(f"/office/staff/{own}/active/", {"active": "no"})
        saki.post(f"/office/staff/{own}/roles/", {"roles": ["clerk"]})
        assert saki.get("/office/staff/").status_code == 200

    def test_a_day_is_closed_and_deadlines_know_it(self, city: object, signed_in: SignedIn) -> None:
        saki = signed_in("systems_saki")
        given = {"day": "R8.11.20", "is_open": "closed", "note": "庁舎の点検"}
        assert saki.post("/office/staff/day/", given).status_code == 302
        assert [day.isoformat() for day in open_days().closed] == ["2026-11-20"]
        assert "令和8年11月20日" in text(saki.get("/office/staff/"))
        assert saki.post("/office/staff/day/", {**given, "day": "きのう"}).status_code == 422


class TestAudit:
    def test_who_read_a_person_is_found_and_looking_is_written_down(
        self, residents: Mapping[str, str], city: Mapping[str, Actor], signed_in: SignedIn
    ) -> None:
        number, ren = residents["head"], signed_in("auditor_ren")
        ren.post("/office/audit/", {"act": "search", "person": number})
        answer = ren.post("/office/audit/", {"act": "search", "person": number})
        assert "監査 蓮" in text(answer)
        looked = [one for one in person_timeline(number) if one.purpose == Purpose.AUDIT.value]
        assert len(looked) == 2

    def test_what_a_member_of_staff_did(self, city: Mapping[str, Actor], signed_in: SignedIn) -> None:
        hana = city["clerk_hana"].staff_id
        assert hana is not None
        ren = signed_in("auditor_ren")
        assert ren.post("/office/audit/", {"act": "search", "staff": str(hana)}).status_code == 200
        own = staff_timeline(city["auditor_ren"].staff_id or 0)
        assert f"staff-{hana}" in own[0].body["fields"]

    @pytest.mark.parametrize(
        "given", [{}, {"person": "1", "staff": "2"}, {"person": "山田 太郎"}, {"staff": "だれか"}]
    )
    def test_a_search_that_cannot_be_made_says_why(
        self, city: object, signed_in: SignedIn, given: Mapping[str, str]
    ) -> None:
        answer = signed_in("auditor_ren").post("/office/audit/", {"act": "search", **given})
        assert "直すところがあります" in text(answer)

    def test_the_audit_is_checked_against_the_sheet_of_a_day(self, city: object, signed_in: SignedIn) -> None:
        seal(now=cast.NOW)
        ren = signed_in("auditor_ren")
        assert "紙の控えとは比べていません" in text(ren.post("/office/audit/", {"act": "verify"}))
        sheet = text(ren.get("/office/audit/sheet/2026-11-09/"))
        assert "令和8年11月9日" in sheet
        head = re.search(r"verify --head '([0-9a-f-]+)'", sheet.replace("&#x27;", "'"))
        assert head is not None
        right = ren.post("/office/audit/", {"act": "verify", "head": head[1].replace("-", " ")})
        assert "紙の控えと合っています" in text(right)
        another = PaperHead(1, "f" * 64).text()
        wrong = text(ren.post("/office/audit/", {"act": "verify", "head": f"{head[1]}\n{another}"}))
        assert "はじめの 1 件が、控えの値と合いません" in wrong
        slip = ren.post("/office/audit/", {"act": "verify", "head": head[1][:-2]})
        assert "控えの値を読み取れません" in text(slip)

    def test_a_sheet_of_no_day_is_not_there_and_one_before_the_first_seal_says_so(
        self, city: object, signed_in: SignedIn
    ) -> None:
        ren = signed_in("auditor_ren")
        assert ren.get("/office/audit/sheet/yesterday/").status_code == 404
        assert "この日までの封印がありません" in text(ren.get("/office/audit/sheet/2020-01-01/"))

    def test_a_number_in_an_address_finds_nothing(self, residents: object, signed_in: SignedIn) -> None:
        """It would stay in histories and logs, so only what is posted is searched."""
        shown = text(signed_in("auditor_ren").get("/office/audit/", {"person": cast.number(1)}))
        assert "見つかった記録" not in shown
        assert 'method="get"' not in shown


class TestCatalogue:
    def test_revisions_and_procedures(self, procedures: str, signed_in: SignedIn) -> None:
        mio = signed_in("dx_mio")
        shown = text(mio.get("/office/catalogue/"))
        assert procedures in shown
        assert "いまの版" in shown
        one = text(mio.get("/office/catalogue/child-allowance-claim/"))
        assert "claimant.moves" in one, "the rule stands there as it is declared"
        assert "世帯: 必要" in one
        assert mio.get("/office/catalogue/no-such/").status_code == 404

    def test_before_anything_is_published(self, city: object, signed_in: SignedIn) -> None:
        assert "まだ公開されていません" in text(signed_in("dx_mio").get("/office/catalogue/"))


class TestImports:
    HEADER = "宛名番号,氏名,生年月日,世帯番号\n"

    def test_a_try_stores_nothing_and_names_each_refused_row(self, city: object, signed_in: SignedIn) -> None:
        saki = signed_in("systems_saki")
        file = SimpleUploadedFile("juki.csv", (self.HEADER + "あ,,,\n").encode())
        answer = saki.post("/office/imports/", {"file": file, "mapping": "standard", "go": "try"})
        assert answer.status_code == 200
        assert "試行の結果" in text(answer) or "直すところがあります" in text(answer)

    @pytest.mark.parametrize("mapping", ["../../../etc/passwd", "/etc/passwd", "mine.toml", ""])
    def test_a_mapping_is_chosen_from_the_list_only(
        self, city: object, signed_in: SignedIn, mapping: str
    ) -> None:
        file = SimpleUploadedFile("juki.csv", self.HEADER.encode())
        answer = signed_in("systems_saki").post(
            "/office/imports/", {"file": file, "mapping": mapping, "go": "try"}
        )
        assert "対応表を一覧から選んでください" in text(answer)

    def test_no_file(self, city: object, signed_in: SignedIn) -> None:
        assert "ファイルを選んでください" in text(signed_in("systems_saki").post("/office/imports/"))


def test_certificates_asked_for(approved: Approve, signed_in: SignedIn) -> None:
    approved()
    saki = signed_in("systems_saki")
    assert "証明書の請求はありません" in text(saki.get("/office/certificates/"))
    assert saki.post("/office/certificates/download.csv").content.startswith(b"\xef\xbb\xbfday,number")


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("changes/", "systems_saki"),
        ("certificates/", "systems_saki"),
        ("imports/", "systems_saki"),
        ("staff/", "systems_saki"),
        ("catalogue/", "dx_mio"),
        ("audit/", "auditor_ren"),
    ],
)
def test_each_screen_opens_for_its_role_only(
    procedures: str, signed_in: SignedIn, path: str, may: str
) -> None:
    for username in cast.ONE_OF_EACH_ROLE.values():
        expected = 200 if username == may else 403
        assert signed_in(username).get(f"/office/{path}").status_code == expected, username


class TestSheltered:
    def page(self, signed_in: SignedIn) -> str:
        return text(signed_in("protector_yuki").get("/office/sheltered/"))

    def test_it_opens_for_its_own_role_only(self, signed_in: SignedIn) -> None:
        for username in ("clerk_hana", "systems_saki", "auditor_ren", "reviewer_jiro"):
            assert signed_in(username).get("/office/sheltered/").status_code == 403
        assert signed_in("protector_yuki").get("/office/sheltered/").status_code == 200

    def test_begun_prolonged_and_lifted(self, signed_in: SignedIn, residents: Mapping[str, str]) -> None:
        browser = signed_in("protector_yuki")
        number = residents["head"]
        given = {"resident_no": number, "together": "", "begins_on": "R8.11.1", "ends_on": "R9.11.1"}
        begun = browser.post("/office/sheltered/begin/", given, follow=True)
        assert "令和9年11月1日" in text(begun)
        assert "はもう始まっています" not in text(begun)
        again = browser.post("/office/sheltered/begin/", given)
        assert (again.status_code, "もう始まっています" in text(again)) == (422, True)
        told = browser.post(
            "/office/sheltered/prolong/", {"resident_no": number, "ends_on": "R10.11.1"}, follow=True
        )
        assert "令和10年11月1日" in text(told)
        unseen = browser.post("/office/sheltered/lift/", {"resident_no": number}, follow=True)
        assert "申出を確かめてから" in text(unseen)
        assert number in text(unseen)
        done = browser.post("/office/sheltered/lift/", {"resident_no": number, "seen": "yes"}, follow=True)
        assert "支援措置を解きました" in text(done)

    @pytest.mark.parametrize(
        ("changed", "told"),
        [
            ({"resident_no": "abc"}, "半角の数字"),
            ({"resident_no": "99999"}, "住民記録にいません"),
            ({"ends_on": ""}, "空けておけるのは"),
            ({"ends_on": "R8.10.1"}, "あとの日にしてください"),
        ],
    )
    def test_a_wrong_entry_is_told_and_stores_nothing(
        self, signed_in: SignedIn, residents: Mapping[str, str], changed: dict[str, str], told: str
    ) -> None:
        given = {"resident_no": residents["head"], "begins_on": "R8.11.1", "ends_on": "R9.11.1"} | changed
        answer = signed_in("protector_yuki").post("/office/sheltered/begin/", given)
        assert answer.status_code == 422
        assert told in text(answer)
