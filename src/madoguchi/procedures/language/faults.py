"""What can be wrong with an expression: the place in it, what is wrong, and what to do (式の誤り)."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class ExpressionFault:
    """One fault; `column` counts characters of the expression from 1."""

    column: int
    message: str
    remedy: str


class ExpressionFaults(ValueError):
    """An expression that cannot be used, with every fault found in it."""

    def __init__(self, source: str, faults: tuple[ExpressionFault, ...]) -> None:
        self.source = source
        self.faults = faults
        super().__init__(
            " ".join(
                f"式「{source}」の{fault.column}文字目: {fault.message}{fault.remedy}" for fault in faults
            )
        )


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a remedy that names the nearest known word, or lists the known words when none is near."""
    words = sorted(set(known))
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f"「{near[0]}」ではありませんか。"
    if not words:
        return "この台帳には使えるものが定義されていません。"
    shown = "、".join(words[:12]) + (" など" if len(words) > 12 else "")
    return f"使えるのは {shown} です。"
