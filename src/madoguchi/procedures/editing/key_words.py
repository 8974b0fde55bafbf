"""The keys and codes of a pack's files in words (項目の呼び名), so that a comparison can be read without the files."""

from __future__ import annotations

from collections.abc import Mapping

from madoguchi.procedures.decisions import Status
from madoguchi.procedures.packs import RecordNeed
from madoguchi.procedures.situation import EventKind

WORDS: Mapping[str, str] = {
    "counter": "窓口", "online": "オンライン", "base": "額", "id": "番号", "law_id": "法令の整理番号", "name": "名前", "summary": "説明", "law": "根拠", "law_note": "根拠の注",
    "events": "きっかけ", "event": "きっかけ", "per": "単位", "department": "担当課", "channels": "受け付け方", "fee_yen": "手数料(円)", "fee_note": "手数料の注",
    "bring": "持ち物", "rule": "規則", "deadline": "期限", "late": "遅れたとき", "loses": "遅れると", "sheet": "帳票", "verified": "確かめた出典",
    "example": "例", "notes": "注", "tell": "伝えること", "amount": "金額", "define": "言葉の決め", "since": "施行日", "until": "終わりの日",
    "must": "必要になる条件", "optional": "任意になる条件", "because": "理由", "otherwise": "不要のときの理由", "when": "条件", "text": "文",
    "value": "値", "label": "呼び名", "question": "質問", "why": "なぜ聞くか", "title": "題名", "days": "日数", "from": "数え始め",
    "count_first_day": "初めの日も数える", "roll_to_open_day": "閉庁日なら次の開庁日まで", "yen": "円", "payee": "だれに", "valid_from": "いつから",
    "valid_until": "いつまで", "key": "鍵", "holder": "だれのことか", "type": "答え方", "choices": "選ぶもの", "source": "どこから分かるか",
    "statute": "法令", "prompt": "一緒に聞く画面", "unit": "単位", "order": "順", "asked_from": "聞き始めること", "note": "注",
    "box": "欄", "column": "表の列", "staff_box": "職員の欄", "fact": "入る項目", "format": "書き方", "width": "幅", "write": "だれが書くか",
    "section": "見出し", "intro": "はじめの文", "grouping": "何枚になるか", "form": "様式", "form_source": "様式の出典", "addressee": "あて先",
    "blocks": "部分", "people_title": "表の題", "people_rows": "表の行数", "line": "段", "version": "版", "rows": "行の値", "beyond": "それより先",
    "without_record": "住民票がないとき", "state": "扱い", "fee": "手数料の決め", "reduction": "減免",
}  # fmt: skip
CHANNEL_WORDS: Mapping[str, str] = {
    "information": "案内だけ", "questionnaire": "質問に答える", "reservation": "予約", "prefill": "下書きを作る", "submission": "提出まで",
    "visit": "来庁", "full": "すべて",
}  # fmt: skip
LOSS_WORDS: Mapping[str, str] = {
    "none": "なし", "month": "もらえる月が減る", "yen": "お金がかかる", "fine": "過料のことがある", "right": "できなくなる",
}  # fmt: skip
_EVENTS = {kind.value: kind.label for kind in EventKind}
CODES: Mapping[str, Mapping[str, str]] = {
    "events": _EVENTS,
    "event": _EVENTS,
    "per": {"person": "人ごと", "household": "世帯ごと", "once": "一度", "month": "毎月", "year": "毎年"},
    "verified": {"unverified": "まだ確かめていない"},
    "counter": CHANNEL_WORDS,
    "online": CHANNEL_WORDS,
    "loses": LOSS_WORDS,
    "expect": {status.value: status.label for status in Status},
    "holder": {"person": "人ごと", "household": "世帯", "event": "異動"},
    "type": {
        "boolean": "はい・いいえ", "choice": "一つを選ぶ", "choices": "いくつでも選ぶ", "number": "数", "date": "日付", "text": "文字",
        "person": "人",
    },
    "state": {need.value: need.label for need in RecordNeed},
    "grouping": {"person": "一人一枚", "household": "世帯で一枚", "together": "何人でも一枚"},
    "form": {"ours": "独自様式", "published": "公表様式"},
    "write": {"hand": "手で書く", "later": "あとで書く"},
}  # fmt: skip
