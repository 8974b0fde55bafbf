"""Another city's procedures come beside ours under ids of their own; what we have stays; what would decide otherwise is left."""

from __future__ import annotations

import pytest

from madoguchi.catalogue.drafts import testing
from madoguchi.catalogue.drafts.taking_over import NothingToTake, take_over, with_taken_translations
from madoguchi.catalogue.drafts.testing import pack_from
from madoguchi.connect.editing import sheet_faults
from madoguchi.procedures.editing.layers import entries, procedure_values, translations
from madoguchi.procedures.loader import NATIONAL_FOLDER, read_folder
from madoguchi.procedures.translations import Language

BELOW = {file: content.decode() for file, content in read_folder(NATIONAL_FOLDER).items()}
OURS = {
    "parameters.toml": '[[parameter]]\nname = "senior_pass_age"\nvalue = 70\n',
    "departments.toml": '[[department]]\nkey = "environment"\nname = "環境課"\n',
}
BUS = """
id = "bus-pass"
law_id = "C01"
name = "となり市 コミュニティバス パスの申請"
summary = "となり市のバスに乗れるパスです。"
law = "となり市要綱(架空)"
events = ["move_in"]
per = "household"
department = "transport"
sheet = "bus-pass"
verified = "unverified"
[[rule]]
since = 2000-01-01
optional = "household.uses_bus and parameters.bus_pass_yen > 0"
because = "バスを使う方は申請できます"
[[rule.otherwise]]
when = "True"
because = "バスを使わないためです"
[[example]]
name = "使う"
on = 2026-11-09
event = { kind = "move_in", move_date = 2026-11-05 }
people = [{ id = "p1", moves = true }]
household = { uses_bus = true }
expect = { household = "optional" }
[[example]]
name = "使わない"
on = 2026-11-09
event = { kind = "move_in", move_date = 2026-11-05 }
people = [{ id = "p1", moves = true }]
household = { uses_bus = false }
expect = { household = "not_needed" }
[[example]]
name = "聞くまで"
on = 2026-11-09
event = { kind = "move_in", move_date = 2026-11-05 }
people = [{ id = "p1", moves = true }]
expect = { household = "ask" }
"""
FACT = """
[[fact]]
key = "uses_bus"
holder = "household"
type = "boolean"
label = "バスを使う"
question = "コミュニティバスを使いますか"
why = "パスを申請できるかが決まります"
"""
THEIRS = {
    "pack.toml": 'id = "tonari"\nname = "となり市の手続台帳"\n',
    "bus-pass.toml": BUS,
    "dog-address.toml": 'summary = "となり市の犬"\n',
    "vocabulary.toml": FACT,
    "departments.toml": '[[department]]\nkey = "transport"\nname = "交通課"\n[[department]]\nkey = "environment"\nname = "環境部"\n',
    "parameters.toml": (
        '[[parameter]]\nname = "bus_pass_yen"\ntype = "number"\nunit = "yen"\nvalue = 500\nlabel = "パスの額"\n'
        '[[parameter]]\nname = "senior_pass_age"\nvalue = 65\n'
    ),
    "sheets/bus-pass.toml": (
        'id = "bus-pass"\ntitle = "となり市 バスパス申請書"\nlaw = "要綱"\n[[box]]\nlabel = "世帯主"\nfact = "household.head_name"\n'
    ),
    "texts/en.toml": (
        '[[text]]\nja = "バスを使わないためです"\ntext = "You do not use the bus"\n'
        '[[text]]\nja = "となり市のバスに乗れるパスです。"\ntext = "A pass for the buses of Tonari"\n'
    ),
}  # fmt: skip
OWN = (BELOW, OURS)


def taken(
    theirs: dict[str, str] = THEIRS, prefix: str = "tonari"
) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, str]]:
    found = take_over(own=OWN, theirs=theirs, prefix=prefix, their_city="となり市", our_city="まどか市")
    layer = with_taken_translations(found, own=OWN, theirs=theirs, pack=pack_from((BELOW, found.layer)))
    return found.taken, found.left, layer


def test_it_comes_under_a_name_of_its_own_with_all_it_needs() -> None:
    names, left, layer = taken()
    assert names == ("まどか市 コミュニティバス パスの申請",)
    layers = (BELOW, layer)
    values = procedure_values(layers, "tonari-bus-pass")
    assert values["summary"] == "まどか市のバスに乗れるパスです。"
    assert values["sheet"] == "tonari-bus-pass"
    assert values["law_id"] == "ZZ01", "C01 is another procedure here"
    assert "まどか市 バスパス申請書" in layer["sheets/tonari-bus-pass.toml"]
    assert "となり市" not in "".join(text for file, text in layer.items() if not file.startswith("texts/"))
    report = testing.test(OWN, layers, sheet_faults)
    assert report.passed, report.faults
    assert "犬の登録事項の変更" in "".join(left)
    assert procedure_values(layers, "dog-address") == procedure_values([BELOW], "dog-address")


def test_what_we_set_stays_ours() -> None:
    _names, _left, layer = taken()
    layers = (BELOW, layer)
    assert entries(layers, "parameters.toml")["senior_pass_age"]["value"] == 70
    assert entries(layers, "departments.toml")["environment"]["name"] == "環境課"
    assert entries(layers, "departments.toml")["transport"]["name"] == "交通課"
    assert "pack.toml" not in layer


def test_a_translation_comes_with_a_sentence_that_did_not_change() -> None:
    _names, _left, layer = taken()
    assert translations([layer], Language.EN) == {"バスを使わないためです": "You do not use the bus"}


def test_a_procedure_that_would_be_decided_by_another_fact_is_left() -> None:
    other = FACT.replace("コミュニティバスを使いますか", "高速バスを使いますか")
    ours = {**OURS, "vocabulary.toml": other}
    with pytest.raises(NothingToTake, match="中身のちがう項目"):
        take_over(own=(BELOW, ours), theirs=THEIRS, prefix="tonari")
    more = {**THEIRS, "walk.toml": BUS.replace("bus-pass", "walk").replace("uses_bus", "walks")}
    found = take_over(own=(BELOW, ours), theirs=more, prefix="tonari")
    assert len(found.taken) == 1
    assert "同じ名前で中身のちがう項目「バスを使う」" in "".join(found.left)


def test_the_same_setting_stays_and_is_said() -> None:
    ours = {**OURS, "parameters.toml": THEIRS["parameters.toml"].replace("500", "300")}
    found = take_over(own=(BELOW, ours), theirs=THEIRS, prefix="tonari")
    assert entries((BELOW, found.layer), "parameters.toml")["bus_pass_yen"]["value"] == 300
    assert "市の設定「パスの額」は、自市のものをそのまま使います。" in found.left


@pytest.mark.parametrize("prefix", ["", "T", "となり", "a", "a-b", "0ab", "abcdefghijklm"])
def test_a_prefix_that_is_no_name_is_refused(prefix: str) -> None:
    with pytest.raises(NothingToTake, match="頭に付ける名前"):
        take_over(own=OWN, theirs=THEIRS, prefix=prefix)
