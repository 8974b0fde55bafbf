"""Calls of functions (関数の呼び出し): the usual ones without the general case's lists, spans through their two ends."""

from collections.abc import Callable
from typing import Any

from madoguchi.procedures.language import spans
from madoguchi.procedures.language.frame import Evaluate, Frame
from madoguchi.procedures.language.functions import FUNCTIONS
from madoguchi.procedures.language.spans import NOTHING, Span, high_of, low_of
from madoguchi.procedures.language.tree import Call, Constant, Parameter


def compile_call(node: Call, arguments: list[Evaluate]) -> Evaluate:
    """Return the function that evaluates a call from its compiled arguments."""
    if node.function in ("min", "max"):
        return _extreme_of(min if node.function == "min" else max, arguments)
    function = FUNCTIONS[node.function]
    compute, falling = function.compute, function.falling
    if function.asks_calendar:
        return _call_with_calendar(arguments[0], compute)
    if len(arguments) > 1 and isinstance(node.arguments[1], (Constant, Parameter)):
        return _call_with_number(arguments[0], compute, node.arguments[1].value)

    def call(frame: Frame) -> Any:
        values = [argument(frame) for argument in arguments]
        exact = True
        for value in values:
            if value is None:
                return None
            if value is NOTHING:
                return NOTHING
            if value.__class__ is Span:
                exact = False
        if exact:
            return compute(*values)
        lowest = [(high_of if place in falling else low_of)(value) for place, value in enumerate(values)]
        highest = [(low_of if place in falling else high_of)(value) for place, value in enumerate(values)]
        return spans.span(compute(*lowest), compute(*highest))

    return call


def compile_conditional(condition: Evaluate, chosen: Evaluate, other: Evaluate) -> Evaluate:
    """Return the function that gives one of two numbers or dates; not known which: whatever either may be."""

    def choose(frame: Frame) -> Any:
        holds = condition(frame)
        if holds is not None:
            return chosen(frame) if holds else other(frame)
        either = (chosen(frame), other(frame))
        if any(value is None or value is NOTHING for value in either):
            return None
        return spans.span(min(map(low_of, either)), max(map(high_of, either)))

    return choose


def _call_with_number(first: Evaluate, compute: Callable[..., Any], number: Any) -> Evaluate:
    """The usual call, `attains(birth_date, 65)`, without the general case's lists."""

    def call(frame: Frame) -> Any:
        value = first(frame)
        if value is None or value is NOTHING:
            return value
        if value.__class__ is Span:
            return spans.span(compute(value.low, number), compute(value.high, number))
        return compute(value, number)

    return call


def _call_with_calendar(first: Evaluate, compute: Callable[..., Any]) -> Evaluate:
    def call(frame: Frame) -> Any:
        value = first(frame)
        if value is None or value is NOTHING:
            return value
        if value.__class__ is Span:
            return spans.span(compute(value.low, frame.open_days), compute(value.high, frame.open_days))
        return compute(value, frame.open_days)

    return call


def _extreme_of(choose: Callable[..., Any], arguments: list[Evaluate]) -> Evaluate:
    def call(frame: Frame) -> Any:
        values = [argument(frame) for argument in arguments]
        if None in values:
            return None
        present = [value for value in values if value is not NOTHING]
        return extreme(choose, present) if present else NOTHING

    return call


def extreme(choose: Callable[..., Any], values: list[Any]) -> Any:
    """Return the least or greatest of values or spans; `choose` is min or max."""
    return spans.span(choose(low_of(value) for value in values), choose(high_of(value) for value in values))
