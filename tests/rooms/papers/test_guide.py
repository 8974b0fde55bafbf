"""The guide and the confirmation: what a resident takes home, and what is signed."""

import io
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from madoguchi.papers.confirmation_payload import NotAStroke
from madoguchi.papers.guide_payload import NotForQr
from madoguchi.papers.operations import render_confirmation, render_guide
from madoguchi.papers.values import (
    ChangeLine,
    ConfirmationValues,
    GuideItem,
    GuideValues,
    MoneyLine,
    PadSignature,
    ProcedureLine,
    Standing,
)
from madoguchi.residents.protection import Audience

from .cast import ISSUED_AT
from .test_render import words_of

GUIDE = GuideValues(
    municipality="まどか市",
    audience=Audience.SHEET_TO_SELF,
    title="受付案内票",
    number="A012",
    code="4827",
    follow_text="https://madoka.example/f/7Q2M9K",
    event="転入の届出",
    received_on=date(2026, 11, 9),
    items=(
        GuideItem(
            standing=Standing.OPTIONAL,
            procedure="印鑑登録",
            subject="世帯主",
            department="市民課",
            seat="2番窓口",
            deadline=None,
            overdue=False,
            bring=("登録する印鑑",),
            because="15歳以上の方は登録できます",
            late="",
        ),
        GuideItem(
            standing=Standing.MUST,
            procedure="国民健康保険 資格取得届",
            subject="世帯主",
            department="保険年金課",
            seat="3番窓口",
            deadline=date(2026, 11, 19),
            overdue=False,
            bring=("前の健康保険をやめた証明書",),
            because="75歳未満の方です",
            late="医療費が全額自己負担になることがあります。",
        ),
        GuideItem(
            standing=Standing.MUST,
            procedure="児童手当 認定請求",
            subject="世帯",
            department="子育て支援課",
            seat="5番窓口",
            deadline=date(2026, 11, 8),
            overdue=True,
            bring=(),
            because="子を養育しています",
            late="遅れた月の分は受け取れません。",
        ),
        GuideItem(
            standing=Standing.ASK,
            procedure="子ども医療費助成",
            subject="子",
            department="子育て支援課",
            seat="5番窓口",
            deadline=None,
            overdue=False,
            bring=(),
            because="健康保険によって変わります",
            late="",
            settles="子の健康保険がわかると決まります。",
        ),
    ),
    messages=("この紙の順に窓口へお越しください。",),
)
PAGE = ConfirmationValues(
    municipality="まどか市",
    audience=Audience.SHEET_TO_SELF,
    addressee="市長",
    title="確認・署名票",
    number="A012",
    event="転入の届出",
    notified_on=date(2026, 11, 9),
    signer="窓口 太郎",
    people=("窓口 太郎", "窓口 花子"),
    changes=(ChangeLine("世帯主", "窓口 次郎", "窓口 太郎"),),
    procedures=(ProcedureLine("転入届", "世帯全員", "市民課", date(2026, 11, 19)),),
    money=(
        MoneyLine("印鑑登録証の交付", 1300),
        MoneyLine("国民健康保険税（料）", None, "12月中旬に送ります"),
    ),
    next_steps=("住民票は本日14時ごろから取れます。",),
    statement="上の内容を確認しました。この内容で届け出ます。",
)


def test_the_guide_says_what_where_when_and_why() -> None:
    paper = render_guide(GUIDE, issued_at=ISSUED_AT)
    text = words_of(paper.pdf)
    assert paper.missing_glyphs == ()
    for words in (
        "受付番号A012",
        "確認番号4827",
        "これから行うこと",
        "▲子ども医療費助成（子）要確認",
        "希望すればできること（任意）",
        "○印鑑登録",
        "3番窓口",
        "令和8年11月19日(木)まで",
        "令和8年11月8日(日)（過ぎています。",
        "遅れると医療費が全額自己負担になることがあります。",
        "□前の健康保険をやめた証明書",
        "子の健康保険がわかると決まります。",
    ):
        assert words in text
    assert (
        text.index("児童手当")
        < text.index("国民健康保険")
        < text.index("子ども医療費")
        < text.index("印鑑登録")
    )


def test_what_is_filed_is_done_and_only_what_it_lacks_is_still_to_do() -> None:
    enrol, claim = GUIDE.items[1], GUIDE.items[2]
    done = replace(
        GUIDE, items=(replace(enrol, filed=True), replace(claim, filed=True, missing=("通帳の写し",)))
    )
    text = words_of(render_guide(done, issued_at=ISSUED_AT).pdf)
    filed, rest = text.split("これから行うこと")
    assert "今日、届け出たこと✓国民健康保険資格取得届" in filed
    assert "児童手当認定請求" in filed
    assert "できるだけ早く（あとで持ってくるもの）子育て支援課" in rest
    assert "□通帳の写し" in rest
    assert "前の健康保険をやめた証明書" not in text, "what was shown today is not to be brought again"
    assert "遅れると" not in text
    nothing = replace(GUIDE, items=(replace(enrol, filed=True),))
    assert "すべて済みました" in words_of(render_guide(nothing, issued_at=ISSUED_AT).pdf)


def test_no_letter_of_the_guide_is_smaller_than_ten_and_a_half_points() -> None:
    sizes = set()
    for page in PdfReader(io.BytesIO(render_guide(GUIDE, issued_at=ISSUED_AT).pdf)).pages:
        page.extract_text(
            visitor_text=lambda text, _cm, _tm, _font, size: sizes.add(size) if text.strip() else None
        )
    assert sizes
    assert min(sizes) >= 10.5


@pytest.mark.needs("pdftoppm")
def test_the_printed_qr_code_carries_the_reference_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "guide.pdf"
    file.write_bytes(render_guide(GUIDE, issued_at=ISSUED_AT).pdf)
    subprocess.run(
        ["pdftoppm", "-r", "120", "-f", "1", "-l", "1", "-gray", "-png", str(file), str(tmp_path / "page")],
        check=True,
        timeout=60,
    )
    (picture,) = tmp_path.glob("page*.png")
    (code,) = zxingcpp.read_barcodes(Image.open(picture))
    assert code.text == GUIDE.follow_text


@pytest.mark.parametrize("text", ["", "窓口太郎", "name taro", "a" * 201])
def test_personal_words_do_not_go_into_a_qr_code(text: str) -> None:
    with pytest.raises(NotForQr):
        render_guide(replace(GUIDE, follow_text=text), issued_at=ISSUED_AT)


def test_the_confirmation_is_one_page_with_one_place_to_sign() -> None:
    paper = render_confirmation(PAGE, issued_at=ISSUED_AT)
    text = words_of(paper.pdf)
    assert paper.pages == 1
    for words in ("窓口次郎", "1,300円", "後日お知らせ", "令和8年11月19日", "この内容で届け出ます。"):
        assert words in text
    assert text.count("署名日") == 1


def test_pad_strokes_are_drawn_as_lines() -> None:
    signed = replace(
        PAGE,
        signature=PadSignature("M10 60 C40 5 65 5 95 60", 400, 100),
        signed_on=date(2026, 11, 9),
    )
    without = render_confirmation(PAGE, issued_at=ISSUED_AT).pdf
    with_strokes = render_confirmation(signed, issued_at=ISSUED_AT).pdf
    assert with_strokes != without
    assert curves(with_strokes) > curves(without)
    assert b"/Subtype/Image" not in with_strokes.replace(b" ", b""), "a vector drawing, not a picture"


def curves(pdf: bytes) -> int:
    """Number of curve operators on the first page."""
    contents = PdfReader(io.BytesIO(pdf)).pages[0].get_contents()
    assert contents is not None
    return contents.get_data().count(b" c\n")


@pytest.mark.parametrize("path", ['M0 0"/><script/>', "url(x)", "M0 0 <"])
def test_only_strokes_are_accepted_from_the_pad(path: str) -> None:
    with pytest.raises(NotAStroke):
        render_confirmation(replace(PAGE, signature=PadSignature(path, 400, 100)), issued_at=ISSUED_AT)


def test_a_withheld_change_prints_without_its_words() -> None:
    hidden = replace(PAGE, changes=(ChangeLine("住所", "", "まどか市窓口町", withheld=True),))
    assert "まどか市窓口町" not in words_of(render_confirmation(hidden, issued_at=ISSUED_AT).pdf)
