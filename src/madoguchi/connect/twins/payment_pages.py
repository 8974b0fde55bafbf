"""The pages of the demo's payment provider: where whoever pays chooses, and where faults are planned. HTML only, no script."""

from __future__ import annotations

import html
from collections.abc import Mapping

from madoguchi.connect.twins.payment_books import SessionPage

STYLE = (
    "body{font:1.125rem/1.7 'BIZ UDPGothic',sans-serif;max-width:42rem;margin:0 auto;padding:1rem;color:#1a1a1a;"
    "background:#fff;overflow-wrap:anywhere}"
    "button,.b{font:inherit;padding:.6rem 1.2rem;margin:.3rem .3rem .3rem 0;border:2px solid #0017c1;border-radius:.5rem;"
    "background:#fff;color:#0017c1;min-height:48px}button.main{background:#0017c1;color:#fff}"
    ":focus-visible{outline:4px solid #000;outline-offset:2px;background:#ffd43d;color:#000}"
    "fieldset{border:1px solid #767676;border-radius:.5rem;margin:1rem 0}label{display:block;padding:.5rem 0;min-height:44px}"
    "input{width:1.3rem;height:1.3rem;vertical-align:middle}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;border-bottom:1px solid #767676;padding:.4rem}td.y{text-align:right}"
    ".n{border:2px solid #0017c1;padding:.5rem 1rem;border-radius:.5rem}form{display:inline}"
)
WAYS = (
    ("card", "カード（つくりもの）", "承認だけを行い、市が確定します。番号は聞きません"),
    ("shop", "コンビニ（つくりもの）", "店で払い終わったことにします"),
    ("wallet", "スマホ決済（つくりもの）", "その場で払い終わったことにします"),
    ("decline", "カードが使えなかったことにする", "支払いは成り立ちません"),
)
FAULTS = (
    ("silent_after_create", "決済の画面を作ったあと、返事をしない"),
    ("silent_after_capture", "確定したあと、返事をしない"),
    ("silent_after_refund", "返金したあと、返事をしない"),
    ("webhook_twice", "知らせを2度送る"),
    ("webhook_before_redirect", "もどる前に知らせを送る"),
    ("webhook_later", "知らせを遅らせて、順番を入れかえる"),
    ("webhook_dropped", "知らせを送らない"),
    ("refund_race", "市の返金と同時に、自分でも返金する"),
    ("kill_after_capture", "確定した直後に止まる（kill -9）"),
)


def whole(title: str, body: str) -> bytes:
    """A whole page."""
    return (
        '<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    ).encode()


def session_page(one: SessionPage) -> bytes:
    """Where whoever pays chooses how."""
    lines = "".join(
        f'<tr><th scope="row">{html.escape(text)}</th><td class="y">{yen:,}円</td></tr>'
        for text, yen in one.lines
    )
    over = one.captured or one.phase != "pending"
    ways = "".join(
        f'<label><input type="radio" name="way" value="{way}"{" checked" if n == 0 else ""}> {name}'
        f"<br><small>{hint}</small></label>"
        for n, (way, name, hint) in enumerate(WAYS)
    )
    act = (
        f'<form method="post"><fieldset><legend>支払い方法</legend>{ways}</fieldset>'
        f'<button class="main">{one.yen:,}円を支払う</button>'
        '<button name="way" value="cancel">支払わずにもどる</button></form>'
    )
    ended = f'<p>この画面での支払いは終わっています。</p><p><a class="b" href="{html.escape(one.come_back)}">市の画面へもどる</a></p>'
    return whole(
        "実演用の支払い",
        '<p class="n">実演用の支払いです。本物のお金は動きません。カード番号などは入れないでください。</p>'
        f"<h1>{html.escape(one.title)}</h1><table><tbody>{lines}"
        f'<tr><th scope="row">合計</th><td class="y"><strong>{one.yen:,}円</strong></td></tr></tbody></table>'
        + (ended if over else act),
    )


def desk_page(
    sessions: list[tuple[str, str, int, str]],
    movements: list[tuple[str, str, str, str, int]],
    faults: Mapping[str, int],
) -> bytes:
    """The provider's own desk: sessions, what moved, and faults to plan."""
    buttons = (("refund", "返金"), ("dispute", "申立て"), ("won", "申立て取下げ"), ("lost", "申立てを認める"))
    rows = "".join(
        f'<tr><th scope="row"><a href="/s/{session}">{html.escape(reference)}</a></th>'
        f'<td class="y">{yen:,}円</td><td>{phase}<br>'
        + "、".join(f"{move} {moved:,}円" for _day, of, move, _key, moved in movements if of == reference)
        + f'</td><td><form method="post" action="/acts/{html.escape(reference)}">'
        + "".join(f'<button name="act" value="{act}">{label}</button>' for act, label in buttons)
        + "</form></td></tr>"
        for reference, session, yen, phase in sessions
    )
    planned = "".join(
        f"<p>{label}（あと{faults.get(name, 0)}回） "
        f'<form method="post" action="/faults"><button name="name" value="{name}">1回おこす'
        "</button></form></p>"
        for name, label in FAULTS
    )
    days = "".join(
        f'<li><a href="/api/statements/{day}.csv">{day} の明細ファイル</a></li>'
        for day in sorted({one[0] for one in movements}, reverse=True)
    )
    return whole(
        "実演用の決済事業者",
        '<h1>実演用の決済事業者</h1><p class="n">本物のお金は動きません。</p>'
        '<h2>支払い</h2><table><thead><tr><th scope="col">番号</th><th scope="col">金額</th>'
        f'<th scope="col">状態</th><th scope="col">すること</th></tr></thead><tbody>{rows}</tbody></table>'
        f"<h2>日次の明細ファイル</h2><ul>{days or '<li>まだありません。</li>'}</ul><h2>故障をおこす</h2>{planned}",
    )
