"""What a parser is, and what is wrong with an answer of it.

Whatever bytes come in, a parser gives its value or one of the exceptions that it declares, whose sentence somebody can act on. Either
can be written as UTF-8: half a character is stored nowhere and printed nowhere.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path

CORPUS = Path(__file__).resolve().parent.parent / "data" / "corpus"
PRODUCT = "/src/madoguchi/"
MOST_LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True)
class Parser:
    """One parser: its name, the product's functions, how it is called with bytes, what it declares, what it is tried with first.

    `functions` and `refuses`: "module:name". `django`: whether it needs Django set up.
    """

    name: str
    functions: tuple[str, ...]
    read: Callable[[bytes], object]
    refuses: tuple[str, ...]
    seeds: Callable[[], Iterable[bytes]]
    django: bool = False
    longest: int = 4096

    def errors(self) -> tuple[type[Exception], ...]:
        """What it declares."""
        return tuple(named(one) for one in self.refuses)

    def modules(self) -> tuple[str, ...]:
        """The product's modules that its functions stand in."""
        return tuple(dict.fromkeys(one.partition(":")[0] for one in self.functions))


def named(place: str) -> type[Exception]:
    """What "module:name" names."""
    module, _, name = place.partition(":")
    found: type[Exception] = getattr(import_module(module), name)
    return found


def fault_of(parser: Parser, data: bytes) -> str:
    """What is wrong with the answer to these bytes, with the place in the product; "" when nothing is."""
    try:
        value = parser.read(data)
    except parser.errors() as refused:
        return _sentence_fault(refused)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever it is, it is not declared
        return f"{type(error).__name__} at {_place(error)}"
    return next((f"cannot be written: {one[:40]!a}" for one in _texts(value) if not _can_be_written(one)), "")


def _sentence_fault(refused: Exception) -> str:
    told = str(refused)
    if not _can_be_written(told):
        return f"the sentence of {type(refused).__name__} cannot be written"
    if type(refused) is ValueError and told.isascii():
        return f"a bare ValueError is no sentence, at {_place(refused)}"
    return ""


def _place(error: BaseException) -> str:
    """The innermost place in the product, without its line: what is mended elsewhere does not move it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if PRODUCT in one.filename] or frames
    return f"{ours[-1].filename.rpartition(PRODUCT)[2]}:{ours[-1].name}" if ours else "?"


def _can_be_written(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _texts(value: object) -> Iterator[str]:
    """The texts in a value, as far as it is worth looking."""
    yield from islice(_all_texts(value, 0), MOST_LOOKED_AT)


def _all_texts(value: object, depth: int) -> Iterator[str]:
    if depth > 12:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _all_texts(key, depth + 1)
            yield from _all_texts(one, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _all_texts(one, depth + 1)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _all_texts(getattr(value, field.name), depth + 1)


def kept(parser: Parser) -> list[bytes]:
    """The inputs that are kept for it, the shortest first."""
    files = sorted((CORPUS / parser.name).glob("*")) if (CORPUS / parser.name).is_dir() else []
    return sorted((one.read_bytes() for one in files), key=lambda data: (len(data), data))
