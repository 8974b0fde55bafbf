"""Python's own syntax tree of an expression (構文木): read, never executed, and by one thread at a time."""

from __future__ import annotations

import ast
from threading import Lock

# CPython 3.11 keeps the depth of the tree it is building in the interpreter, not in the thread: two threads in
# `ast.parse` can end in "AST constructor recursion depth mismatch". Expressions are short; waiting costs nothing.
_ONE_AT_A_TIME = Lock()


def syntax_of(text: str) -> ast.expr:
    """Return the tree of one expression.

    Raises SyntaxError, ValueError, RecursionError or MemoryError (too deep for CPython's own parser) where the text is no expression of Python.
    """
    with _ONE_AT_A_TIME:
        return ast.parse(text.strip(), mode="eval").body
