"""Which types may stand on the two sides of an operator (演算の型検査)."""

from madoguchi.procedures.language.faults import nearest
from madoguchi.procedures.language.tree import BOOLEAN, Arithmetic, Compare, Constant, Kind, Node, Type

UNITS = {"yen": "円", "days": "日", "months": "月", "years": "年", "grade": "級"}
_ORDERED = (Kind.DATE, Kind.NUMBER)


class WrongType(TypeError):
    """Two things that cannot be combined; carries the message and the remedy."""

    def __init__(self, message: str, remedy: str) -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(message + remedy)


def name_of(type_: Type) -> str:
    """Return the words for a type in a message: 「数(円)」."""
    unit = UNITS.get(type_.unit or "", type_.unit)
    return f"{type_.kind.value}({unit})" if unit else type_.kind.value


def check_comparison(operator: str, left: Node, right: Node) -> None:
    """Raise WrongType unless the two sides can be compared with this operator."""
    one, other = left.type, right.type
    if Kind.CHOICES in (one.kind, other.kind):
        raise WrongType("区分の集まりは比べられません。", "'コード' in 項目 の形で書いてください。")
    if one.kind is Kind.CHOICE and isinstance(right, Constant):
        check_code(one, right.value)
    elif other.kind is Kind.CHOICE and isinstance(left, Constant):
        check_code(other, left.value)
    elif one.kind is not other.kind:
        raise WrongType(
            f"{name_of(one)}と{name_of(other)}は比べられません。", "両側を同じ種類の値にしてください。"
        )
    elif one.kind is Kind.BOOLEAN:
        raise WrongType("真偽の項目は == で比べません。", "項目をそのまま書くか、not を付けてください。")
    elif one.kind is Kind.CHOICE and set(one.codes) != set(other.codes):
        raise WrongType("区分の種類が違うので比べられません。", "同じ区分の項目どうしを比べてください。")
    check_units(one, other)
    if operator not in ("==", "!=") and one.kind not in _ORDERED:
        raise WrongType(f"{name_of(one)}に大小はありません。", "== か != か in を使ってください。")


def check_code(type_: Type, value: object) -> None:
    """Raise WrongType unless the value is a code of the choice."""
    if not isinstance(value, str):
        raise WrongType(
            f"区分は文字のコードと比べます({value!r} は文字ではありません)。",
            f"'{value}' のように引用符で囲んでください。",
        )
    if value not in type_.codes:
        raise WrongType(f"「{value}」はこの区分のコードではありません。", nearest(value, type_.codes))


def check_units(one: Type, other: Type) -> None:
    """Raise WrongType when two numbers have different units."""
    if one.unit and other.unit and one.unit != other.unit:
        raise WrongType(
            f"{name_of(one)}と{name_of(other)}は単位が違います。", "同じ単位の値どうしを使ってください。"
        )


def comparison(operator: str, left: Node, right: Node) -> Compare:
    """Return the checked comparison; raises WrongType."""
    match operator:
        case "==" | "!=" | "<" | "<=" | ">" | ">=":
            check_comparison(operator, left, right)
            return Compare(operator, left, right, BOOLEAN)
        case _:
            raise WrongType(f"「{operator}」は使えません。", "== != < <= > >= in を使ってください。")


def arithmetic(operator: str, left: Node, right: Node) -> Arithmetic:
    """Return the checked sum, difference, product or whole quotient; raises WrongType."""
    kinds = (left.type.kind, right.type.kind)
    if kinds == (Kind.DATE, Kind.DATE) and operator == "-":
        return Arithmetic("-", left, right, Type(Kind.NUMBER, unit="days"))
    if Kind.DATE in kinds:
        raise WrongType(
            "日付に数を足したり引いたりはできません。",
            "days_after(日付, 日数) や months_after(日付, 月数) を使ってください。",
        )
    if kinds != (Kind.NUMBER, Kind.NUMBER):
        wrong = left if left.type.kind is not Kind.NUMBER else right
        raise WrongType(f"{name_of(wrong.type)}は計算に使えません。", "数の項目を使ってください。")
    match operator:
        case "+" | "-":
            check_units(left.type, right.type)
            return Arithmetic(
                operator, left, right, Type(Kind.NUMBER, unit=left.type.unit or right.type.unit)
            )
        case "*" | "//":
            unit = left.type.unit if operator == "//" else left.type.unit or right.type.unit
            if operator == "*" and left.type.unit and right.type.unit:
                raise WrongType("単位のある数どうしは掛けられません。", "片方を単位のない数にしてください。")
            return Arithmetic(operator, left, right, Type(Kind.NUMBER, unit=unit))
        case _:
            raise WrongType(f"「{operator}」は使えません。", "+ - * // を使ってください。")


def check_argument(function: str, place: int, expected: Kind, given: Type) -> None:
    """Raise WrongType unless an argument has the kind that the function takes there."""
    if given.kind is not expected:
        raise WrongType(
            f"{function} の{place}番目には{expected.value}が要りますが、{name_of(given)}が書かれています。",
            f"{expected.value}の項目か値にしてください。",
        )
    if expected is Kind.NUMBER and given.unit == "yen":
        raise WrongType(f"{function} に円の数は渡せません。", "年数・月数・日数を渡してください。")
