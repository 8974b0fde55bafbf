"""The editor's questions, sheets, languages, amounts, packs and revisions, by what a browser sends."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from tests.rooms.catalogue.test_taking_over import THEIRS

from madoguchi.audit.entries import Actor
from madoguchi.catalogue import operations as catalogue
from madoguchi.catalogue import queries
from madoguchi.catalogue.drafts import operations as drafts
from madoguchi.catalogue.drafts.testing import pack_from
from madoguchi.channels.backoffice.editor.condition_form import Scope, block_from, fields_of
from madoguchi.procedures.editing.blocks import FactIs
from madoguchi.procedures.editing.layers import procedure_values, sheet_values, with_procedure
from madoguchi.procedures.loader import national_pack
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.translations import Language, texts_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures")]
BY, NOW = Actor(1, "推進 澪", "", ""), datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SignedIn = Callable[[str], Client]


class Editor:
    """A draft in the browser of somebody who may edit."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.number = drafts.begin(title="下書き", by=BY, now=NOW)

    def draft(self) -> drafts.Draft:
        found = drafts.draft(self.number)
        assert found is not None
        return found

    def pack(self) -> Pack:
        return pack_from(self.draft().layers)

    def post(self, path: str, **said: Any) -> str:
        data = {
            "version": self.draft().version,
            **{key.replace("__", "-"): value for key, value in said.items()},
        }
        return self.client.post(f"/office/editor/{self.number}/{path}", data, follow=True).content.decode()

    def get(self, path: str) -> Any:
        return self.client.get(f"/office/editor/{self.number}/{path}")


@pytest.fixture
def editor(signed_in: SignedIn) -> Editor:
    return Editor(signed_in("dx_mio"))


ASK = {
    "holder": "household",
    "type": "choice",
    "label": "ごみ箱",
    "question": "どれを買いましたか",
    "why": "補助が決まります",
}


def test_a_question_of_the_city_is_a_fact_that_conditions_can_read(editor: Editor) -> None:
    said = editor.post("questions/own/", **ASK, choices="電動\n手動\n電動")
    assert "どれを買いましたか" in said
    (fact,) = [one for one in editor.pack().vocabulary if one.label == "ごみ箱"]
    assert [(one.code, one.label) for one in fact.choices] == [("c1", "電動"), ("c2", "手動")]
    assert fact.key.startswith(editor.pack().id.replace("-", "_")), "another city's key is another one"
    labels = dict(one for _owner, listed in Scope(editor.pack(), True).facts() for one in listed)
    assert labels[f"household.{fact.key}"] == "ごみ箱"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"choices": "電動"}, "2つ以上"),
        ({"choices": "電動\n手動", "question": " "}, "「質問の文」を入れてください"),
        ({"choices": "電動\n手動", "label": "健康保険"}, "この呼び名の質問はもうあります"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(
    editor: Editor, wrong: dict[str, str], sentence: str
) -> None:
    before = editor.draft().version
    assert sentence in editor.post("questions/own/", **{**ASK, **wrong})
    assert editor.draft().version == before


def test_a_question_in_use_is_not_taken_away(editor: Editor) -> None:
    editor.post("questions/own/", **{**ASK, "type": "boolean"})
    (fact,) = [one for one in editor.pack().vocabulary if one.label == "ごみ箱"]
    editor.post(
        "new/",
        name="補助",
        summary="補助です",
        law="要綱",
        department="environment",
        event="move_in",
        per="household",
    )
    rules = {"act": "keep", "c.t": "fact", "c.fact": f"household.{fact.key}", "c.v": "yes", "outcome": "optional",
             "since": "令和8年4月1日", "because": "買った方は申請できます"}  # fmt: skip
    said = editor.post("of/own-1/rules/0/optional/", **rules)
    assert "下書きに保存しました" in said
    assert "使っている手続きがあります" in editor.post("questions/own/", act=f"remove:{fact.key}")
    editor.post("of/own-1/rules/0/optional/", **{**rules, "c.fact": "event.kind", "c.v": "move_in"})
    editor.post("questions/own/", act=f"remove:{fact.key}")
    assert not [one for one in editor.pack().vocabulary if one.label == "ごみ箱"]


def test_a_sheet_is_begun_and_gets_boxes(editor: Editor) -> None:
    editor.post(
        "new/",
        name="補助",
        summary="補助です",
        law="要綱",
        department="environment",
        event="move_in",
        per="household",
    )
    assert "補助 申請書" in editor.post("of/own-1/sheet/")
    assert editor.pack().procedure("own-1").sheet == "own-1"
    editor.post(
        "sheets/own-1/",
        title="補助 申請書",
        new__fact="event.move_date",
        new__label="移った日",
        new__width="2",
    )
    editor.post("sheets/own-1/", title="補助 申請書", new__fact="-", new__label="機種")
    boxes = sheet_values(editor.draft().layers, "own-1")["box"]
    assert boxes[-2] == {
        "label": "移った日",
        "fact": "event.move_date",
        "format": boxes[-2]["format"],
        "width": 2,
    }
    assert boxes[-1] == {"label": "機種", "width": 3, "write": "hand"}
    before = editor.draft().version
    editor.post("sheets/own-1/", title="補助 申請書", new__fact="person.secret", new__label="x")
    assert len(sheet_values(editor.draft().layers, "own-1")["box"]) == len(boxes)
    assert editor.draft().version == before


def test_an_amount_is_kept_and_a_formula_stays(editor: Editor) -> None:
    values = procedure_values(editor.draft().layers, "child-allowance-claim")
    assert values["amount"], "the national procedure has formulas"
    form = {
        "name": values["name"], "summary": values["summary"], "law": values["law"], "department": values["department"],
        "events": values["events"], "per": values["per"], "channel-counter": "full", "sheet": values.get("sheet", ""),
        f"yen-{len(values['amount'])}": "20,000", f"per-{len(values['amount'])}": "once",
    }  # fmt: skip
    form |= {f"yen-{place}": one["yen"] for place, one in enumerate(values["amount"]) if one["yen"].isdigit()}
    form |= {f"per-{place}": one["per"] for place, one in enumerate(values["amount"])}
    form |= {f"payee-{place}": one["payee"] for place, one in enumerate(values["amount"])}
    editor.client.post(
        f"/office/editor/{editor.number}/of/child-allowance-claim/",
        {"version": editor.draft().version, **form},
    )
    after = procedure_values(editor.draft().layers, "child-allowance-claim")["amount"]
    assert after[:-1] == values["amount"]
    assert (after[-1]["yen"], after[-1]["per"], after[-1]["payee"]) == ("20000", "once", "請求した方")


def test_what_holds_without_a_record_is_written_without_files(editor: Editor) -> None:
    before = procedure_values(editor.draft().layers, "school-aid")
    assert "without_record" not in before
    form = {
        "name": before["name"], "summary": before["summary"], "law": before["law"], "department": before["department"],
        "events": before["events"], "per": before["per"], "channel-counter": "full", "verified": before["verified"],
    }  # fmt: skip

    def said(procedure: str, **more: str) -> str:
        values = {key.replace("__", "-"): value for key, value in more.items()}
        return editor.post(f"of/{procedure}/", **(form | values))

    assert "一文で入れてください" in said("school-aid", without__state="open", without__text="")
    assert "without_record" not in procedure_values(editor.draft().layers, "school-aid")
    said(
        "school-aid",
        without__state="open",
        without__text="学校に通っていれば、住んでいるところを聞いて進めます。",
    )
    assert procedure_values(editor.draft().layers, "school-aid")["without_record"] == {
        "state": "open", "text": "学校に通っていれば、住んでいるところを聞いて進めます。", "verified": "unverified",
    }  # fmt: skip
    said("school-aid", without__state="unknown")
    assert procedure_values(editor.draft().layers, "school-aid")["without_record"] == {"state": "unknown"}
    assert editor.pack().procedure("school-aid").without_record.text == ""


def test_a_mark_of_the_national_pack_keeps_what_the_form_does_not_show(editor: Editor) -> None:
    before = procedure_values(editor.draft().layers, "vaccination-vouchers")
    form = {
        "name": before["name"], "summary": before["summary"], "law": before["law"], "department": before["department"],
        "events": before["events"], "per": before["per"], "channel-counter": "full", "verified": before["verified"],
        "without-state": "open", "without-text": "保健センターで受けられます。", "without-verified": "",
    }  # fmt: skip
    editor.post("of/vaccination-vouchers/", **form)
    mark = procedure_values(editor.draft().layers, "vaccination-vouchers")["without_record"]
    assert (mark["name"], mark["law"]) == (
        before["without_record"]["name"], before["without_record"]["law"],
    )  # fmt: skip
    assert (mark["text"], mark["verified"]) == ("保健センターで受けられます。", "unverified")


def test_a_setting_of_the_city_stays_in_a_condition_of_numbers() -> None:
    scope = Scope(national_pack(), True)
    block = FactIs("person", "income_yen", "at_most", ("@senior_pass_age",))
    data = QueryDict(mutable=True)
    fields = fields_of(block, scope)
    data.update({"c.t": "fact", "c.fact": fields["fact"], "c.op": fields["operator"], "c.v": fields["value"]})
    assert block_from(data, scope) == block
    data["c.op"], data["c.v"] = "is", "1,200"
    assert block_from(data, scope) == FactIs("person", "income_yen", "is", ("#1200",))


def test_the_preview_of_another_fact_brings_its_own_answers(editor: Editor) -> None:
    data = {
        "act": "blocks",
        "c.t": "fact",
        "c.fact": "person.health_insurance",
        "c.v": "yes",
        "outcome": "must",
    }
    answer = editor.client.post(
        f"/office/editor/{editor.number}/of/nhi-enrol/rules/0/must/", data, headers={"HX-Request": "true"}
    )
    said = answer.content.decode()
    assert 'id="blocks"' in said and 'id="side" data-hx-swap-oob="true"' in said
    assert 'type="checkbox" name="c.v" value="nhi"' in said
    assert editor.draft().version == 1


class TestLanguages:
    def test_a_procedure_is_shown_when_complete_and_published(
        self, editor: Editor, signed_in: SignedIn
    ) -> None:
        texts = texts_of(editor.pack().procedure("dog-address"))
        path, shown = "of/dog-address/languages/en/", "/office/catalogue/dog-address/en/"
        said = {f"t__{place}": f"30 days 20 {ja}" for place, ja in enumerate(texts)}
        assert "まだの文が1あります" in editor.post(path, **{**said, "t__0": ""})
        assert "すべてそろっています" in editor.post(path, **said)
        assert editor.client.get(shown).status_code == 404, "not published yet"
        found = editor.draft()
        catalogue.publish_layers(layers=found.layers, by=BY, now=NOW)
        assert f"30 days 20 {texts[0]}" in editor.client.get(shown).content.decode()
        assert editor.client.get("/office/catalogue/dog-address/vi/").status_code == 404
        assert editor.client.get("/office/catalogue/dog-address/xx/").status_code == 404
        assert shown in editor.client.get("/office/catalogue/dog-address/").content.decode()

    def test_a_number_that_is_gone_is_refused_and_nothing_is_lost(self, editor: Editor) -> None:
        late = texts_of(editor.pack().procedure("dog-address")).index(
            editor.pack().procedure("dog-address").late.text
        )
        said = editor.post("of/dog-address/languages/en/", **{f"t__{late}": "There may be a fine."})
        assert "もとの文の数「30」が訳にありません" in said
        assert "There may be a fine." in said
        assert editor.draft().version == 1

    def test_excel_out_and_in(self, editor: Editor) -> None:
        before = editor.pack().translations.get(Language.VI.value, {})
        book = openpyxl.load_workbook(io.BytesIO(editor.get("languages/vi/texts.xlsx").content))
        sheet = book["ベトナム語"]
        sheet.cell(3, 4).value = "Tiếng Việt"
        japanese = str(sheet.cell(3, 1).value)
        made = io.BytesIO()
        book.save(made)
        said = editor.post("languages/vi/take/", file=SimpleUploadedFile("a.xlsx", made.getvalue()))
        assert "直した行 1" in said
        after = editor.pack().translations[Language.VI.value]
        assert after == {**before, japanese: "Tiếng Việt"}
        assert "読めません" in editor.post(
            "languages/vi/take/", file=SimpleUploadedFile("a.xlsx", b"\x00\x01")
        )
        assert "ファイルを選んでください" in editor.post("languages/vi/take/")


def zipped(files: dict[str, str]) -> SimpleUploadedFile:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return SimpleUploadedFile("tonari.zip", made.getvalue())


class TestPacks:
    def test_another_city_is_compared_and_nothing_is_kept(self, editor: Editor) -> None:
        count = len(drafts.drafts())
        answer = editor.client.post("/office/editor/packs/", {"what": "compare", "file": zipped(THEIRS)})
        said = answer.content.decode()
        assert "「となり市の手続台帳」の違い" in said
        assert "となり市 コミュニティバス パスの申請" in said
        assert "household.uses_bus" not in said, "in sentences, not in the language of rules"
        assert "世帯の「バスを使う」がはい" in said
        assert len(drafts.drafts()) == count

    def test_its_procedures_are_taken_over(self, editor: Editor) -> None:
        answer = editor.client.post(
            "/office/editor/packs/",
            {
                "what": "beside",
                "file": zipped(THEIRS),
                "prefix": "tonari",
                "their_city": "となり市",
                "title": "となりから",
            },
            follow=True,
        )
        said = answer.content.decode()
        assert "引き継いだ手続き" in said and "引き継がなかったもの" in said
        newest = drafts.drafts()[0]
        assert newest.title == "となりから"
        assert "tonari-bus-pass.toml" in newest.layers[-1]

    def test_the_whole_layer_under_another_name(self, editor: Editor) -> None:
        data = {"what": "replace", "file": zipped(THEIRS), "name": "新しい名前"}
        editor.client.post("/office/editor/packs/", data)
        newest = drafts.drafts()[0]
        assert 'name = "新しい名前"' in newest.layers[-1]["pack.toml"]
        assert 'id = "tonari"' in newest.layers[-1]["pack.toml"]

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            ({"what": "compare"}, "zipのファイルを選んでください"),
            ({"what": "beside", "prefix": "と"}, "頭に付ける名前"),
            ({"what": "?"}, "どうするかを選んでください"),
        ],
    )
    def test_what_cannot_be_done_is_said(self, editor: Editor, data: dict[str, str], sentence: str) -> None:
        file = {} if data["what"] == "compare" else {"file": zipped(THEIRS)}
        answer = editor.client.post("/office/editor/packs/", {**data, **file})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()


class TestRevisions:
    def published(self, editor: Editor) -> tuple[str, str]:
        before = queries.current_revision()
        layers = editor.draft().layers
        values = procedure_values(layers, "senior-pass") | {"name": "外出支援券"}
        own = with_procedure(layers, "senior-pass", values)
        after = catalogue.publish_layers(layers=(*layers[:-1], own), by=BY, now=NOW, note="改正")
        return before, after

    def test_two_revisions_are_compared_and_one_is_a_zip(self, editor: Editor) -> None:
        before, after = self.published(editor)
        said = editor.client.get(f"/office/editor/compare/?before={before}&after={after}").content.decode()
        assert "外出支援券" in said
        made = editor.client.get(f"/office/editor/revisions/{after}/files.zip")
        assert (
            zipfile.ZipFile(io.BytesIO(made.content)).read("senior-pass.toml").decode().count("外出支援券")
            == 1
        )
        assert editor.client.get("/office/editor/revisions/no-such/files.zip").status_code == 404

    def test_back_and_forth(self, editor: Editor) -> None:
        before, after = self.published(editor)
        look = editor.client.get(f"/office/editor/revisions/{before}/back/").content.decode()
        assert "外出支援券" in look and f'value="{after}"' in look
        said = editor.client.post("/office/editor/back/", {"revision": before, "seen": after}, follow=True)
        assert queries.current_revision() == before
        assert "もどしたのを取り消す" in said.content.decode()
        editor.client.post("/office/editor/back/", {"revision": after, "seen": before})
        assert queries.current_revision() == after

    def test_not_over_what_became_current_meanwhile(self, editor: Editor) -> None:
        before, after = self.published(editor)
        answer = editor.client.post("/office/editor/back/", {"revision": before, "seen": before})
        assert answer.status_code == 409
        assert "いまの版が変わりました" in answer.content.decode()
        assert queries.current_revision() == after
        editor.client.post("/office/editor/back/", {"revision": "no-such", "seen": after})
        assert queries.current_revision() == after
