"""Words for values and clauses (言い回し): how a fact, a date or a comparison is said at a city office.

Every sentence part here ends so that 「…ため」 can follow.
"""

from datetime import date
from typing import Any

from madoguchi.jp.wareki import WarekiError, format_wareki
from madoguchi.procedures.language.spans import Span
from madoguchi.procedures.language.tree import (
    Arithmetic,
    Call,
    Conditional,
    Constant,
    Day,
    EventKindOf,
    Fact,
    Fold,
    Kind,
    Lookup,
    Named,
    Node,
    Parameter,
)
from madoguchi.procedures.situation import EventKind

# 真偽の項目のうち、「いいえ」では伝わりにくいもの
_BOOLEANS = {
    "moves": ("この異動で動く", "この異動では動かない"),
    "has_card": ("マイナンバーカードを持っている", "マイナンバーカードを持っていない"),
    "is_pregnant": ("妊娠している", "妊娠していない"),
    "lives_with_household": ("世帯と同居している", "世帯と同居していない"),
    "used_special_move_out": ("特例転出を使っている", "特例転出を使っていない"),
    "from_same_prefecture": ("同じ都道府県内からの異動の", "同じ都道府県内からの異動ではない"),
}
_UNITS = {"yen": "円", "days": "日", "months": "か月", "years": "歳", "grade": "級"}
_DAYS = {"reference_date": "異動の日", "notified_on": "届出の日"}
_FOLDS = {"count": "人数", "sum": "合計", "min": "最小", "max": "最大"}
_RELATIONS = {
    "people": "世帯の方",
    "household_children": "世帯の子",
    "parents": "父母",
    "spouse": "配偶者",
    "children": "子",
    "raised": "育てている子",
    "guardians": "保護者",
}


def said_date(day: Any) -> str:
    """Return a day in the Japanese calendar; a 不詳 date as its first and last possible day."""
    if isinstance(day, Span):
        return f"{said_date(day.low)}から{said_date(day.high)}までのいずれかの日"
    try:
        return format_wareki(day)
    except WarekiError:
        return f"西暦{day.year}年{day.month}月{day.day}日"


def said_value(node: Node, value: Any) -> str:
    """Return the words for the value that an expression gives."""
    if value is None:
        return "不明"
    if isinstance(value, date) or (isinstance(value, Span) and isinstance(value.low, date)):
        return said_date(value)
    if isinstance(value, Span):
        return f"{said_value(node, value.low)}から{said_value(node, value.high)}"
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, int):
        return f"{value:,}{_UNITS.get(node.type.unit or '', '人' if isinstance(node, Fold) else '')}"
    if isinstance(value, frozenset):
        return "、".join(f"「{_label(node, code)}」" for code in sorted(value)) or "なし"
    return f"「{_label(node, str(value))}」"


def _label(node: Node, code: str) -> str:
    if isinstance(node, Fact):
        return node.definition.label_of(code)
    if isinstance(node, EventKindOf):
        return EventKind(code).label
    return code


def said_name(node: Node) -> str:
    """Return what an expression is called in a sentence."""
    match node:
        case Fact(owner=owner, definition=definition):
            return f"請求者の{definition.label}" if owner.name == "claimant" else definition.label
        case Day(name=name):
            return _DAYS[name]
        case EventKindOf():
            return "異動の種類"
        case Parameter(name=name):
            return f"市の設定「{name}」"
        case Constant(value=value):
            return said_value(node, value)
        case Call(function=function, arguments=arguments):
            return _said_call(function, arguments)
        case Named(node=named):
            return said_name(named)
        case Conditional(chosen=chosen, other=other):
            return f"{said_name(chosen)}または{said_name(other)}"
        case Lookup(table=table):
            return table.label
        case Fold(word=word, people=people):
            return f"{_RELATIONS[people.relation]}の{_FOLDS[word]}"
        case Arithmetic(operator="-", left=left, right=right) if node.type.unit == "days":
            return f"{said_name(right)}から{said_name(left)}までの日数"
        case Arithmetic(left=left, right=right):
            return f"{said_name(left)}と{said_name(right)}から計算した額"
        case _:
            return "条件"


def _said_call(function: str, arguments: tuple[Node, ...]) -> str:
    first = arguments[0]
    number = (
        f"{arguments[1].value}"
        if len(arguments) > 1 and isinstance(arguments[1], (Constant, Parameter))
        else ""
    )
    match function:
        case "attains":
            return f"{number}歳に達する日"
        case "birthday":
            return f"{number}歳の誕生日"
        case "age_on":
            return "年齢"
        case "fiscal_year_end":
            return f"{said_name(first)}以後の最初の3月31日"
        case "fiscal_year_start":
            return f"{said_name(first)}の年度の初日"
        case "school_entry":
            return "小学校に入学する日"
        case "days_after":
            return f"{said_name(first)}から{number}日後"
        case "months_after":
            return f"{said_name(first)}から{number}か月後"
        case "next_month_start":
            return f"{said_name(first)}の翌月1日"
        case "open_day":
            return f"{said_name(first)}(閉庁日なら次の開庁日)"
        case "min":
            return "早い方の日" if first.type.kind is Kind.DATE else "小さい方の数"
        case _:
            return "遅い方の日" if first.type.kind is Kind.DATE else "大きい方の数"


def said_boolean(node: Fact, value: bool) -> str:
    """Return the clause for a fact that is a plain yes or no."""
    if node.definition.key in _BOOLEANS:
        return _BOOLEANS[node.definition.key][0 if value else 1]
    return f"「{node.definition.label}」が「{'はい' if value else 'いいえ'}」の"


def said_relation(relation: str) -> str:
    """Return what the members of a collection are called."""
    return _RELATIONS[relation]
