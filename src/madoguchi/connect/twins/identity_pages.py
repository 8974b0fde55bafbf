"""The pages of the demo's provider: who signs in, and which fault is played. HTML only, no script; each says that it is simulated."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping

STYLE = (
    "body{font:1.125rem/1.7 'BIZ UDPGothic',sans-serif;max-width:42rem;margin:0 auto;padding:1rem;color:#1a1a1a;"
    "background:#fff;overflow-wrap:anywhere}ul{list-style:none;padding:0}li{margin:.75rem 0}"
    "button{font:inherit;padding:.6rem 1.2rem;border:2px solid #0017c1;border-radius:.5rem;background:#fff;color:#0017c1;"
    "min-height:48px}:focus-visible{outline:4px solid #000;outline-offset:2px;background:#ffd43d;color:#000}"
    ".n{border:2px solid #0017c1;padding:.5rem 1rem;border-radius:.5rem}small{display:block;color:#444}"
)


def whole(inside: str) -> bytes:
    """A whole page."""
    return (
        '<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>実演用の本人確認（模擬）</title><style>{STYLE}</style></head><body><main>"
        "<h1>実演用の本人確認（模擬）</h1>"
        '<p class="n"><strong>これは模擬です。実在の人も、本物のサービスも、ここにはありません。</strong></p>'
        f"{inside}</main></body></html>"
    ).encode()


def choice(people: Iterable[tuple[str, str, str, str]], query: str) -> str:
    """Who signs in: subject, name, date of birth and a note of each."""
    items = "".join(
        f'<li><button name="persona" value="{html.escape(subject)}">{html.escape(name)}</button>'
        f"<small>{html.escape(birth)} {html.escape(note)}</small></li>"
        for subject, name, birth, note in people
    )
    return (
        f'<h2>だれとしてサインインしますか</h2><form method="post" action="/authorize?{html.escape(query)}"><ul>{items}</ul>'
        '<p><button name="persona" value="">やめる</button></p></form>'
    )


def front(faults: Mapping[str, str], played: str) -> str:
    """The fault that is played, and another one to choose."""
    buttons = "".join(
        f'<li><button name="fault" value="{name}">{html.escape(word)}</button>'
        f"{' ← いま' if name == played else ''}</li>"
        for name, word in faults.items()
    )
    return f'<h2>いまの不具合</h2><form method="post" action="/fault"><ul>{buttons}</ul></form>'
