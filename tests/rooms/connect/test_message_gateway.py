"""SMS, LINE and マイナポータル against their twin, a process of its own: bounce, silence, a broken answer, receipts twice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

import pytest

from madoguchi.connect.message_ports import Gateway, message_ports, ways_there
from madoguchi.outreach.ports import OfferNote, ReceiptKind, SendOutcome
from madoguchi.outreach.states import OfferChannel

NOTE = OfferNote("【まどか市】使える手続きのお知らせ", "1件あります。")


@pytest.fixture(scope="module")
def twin() -> Iterator[str]:
    words = [sys.executable, "-m", "madoguchi.connect.twins.message_gateway", "--port", "0", "--silence", "2"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    process.terminate()
    process.wait(10)


def planned(twin: str, fault: str) -> None:
    opener = build_opener(ProxyHandler({}))
    opener.open(f"{twin}/faults", urlencode({"name": fault}).encode(), timeout=10).close()


def page(twin: str) -> str:
    return str(build_opener(ProxyHandler({})).open(twin, timeout=10).read().decode())


def send(port: Gateway, key: str) -> SendOutcome:
    return port.send(key=key, place="09012345678", note=NOTE)


def test_sent_once_whatever_the_gateway_answers(twin: str) -> None:
    port = Gateway(twin, "demo", 0.5)
    assert send(port, "a") is send(port, "a") is SendOutcome.ACCEPTED
    planned(twin, "silence")
    assert send(port, "b") is SendOutcome.UNSURE and send(port, "b") is SendOutcome.ACCEPTED
    planned(twin, "broken")
    assert send(port, "c") is SendOutcome.UNSURE and send(port, "c") is SendOutcome.ACCEPTED
    planned(twin, "refuse")
    assert send(port, "d") is SendOutcome.REFUSED
    assert page(twin).count("<article>") == 3, "each once, the refused one not at all"


def test_receipts_come_until_they_are_taken(twin: str) -> None:
    port = Gateway(twin, "demo", 5)
    port.taken([one.number for one in port.receipts()])
    planned(twin, "twice")
    send(port, "e")
    planned(twin, "bounce")
    send(port, "f")
    found = list(port.receipts())
    assert [one.key for one in found] == ["f", "e", "e"], "said twice, and not in their order"
    assert {one.key: one.kind for one in found} == {"e": ReceiptKind.DELIVERED, "f": ReceiptKind.BOUNCED}
    port.taken([one.number for one in found])
    assert list(port.receipts()) == []


@pytest.mark.parametrize("port", [Gateway("http://127.0.0.1:9", "demo", 0.5), "wrong key"])
def test_what_does_not_answer_is_unsure(twin: str, port: Gateway | str) -> None:
    tried = port if isinstance(port, Gateway) else Gateway(twin, port, 1)
    assert send(tried, "g") is SendOutcome.UNSURE
    assert list(tried.receipts()) == []
    tried.taken(["r"])


def test_only_what_is_set_up_is_there(settings: object) -> None:
    settings.MAIL_READY, settings.MESSAGE_GATEWAYS = False, {}  # type: ignore[attr-defined]  # pytest-django's
    assert ways_there() == frozenset()
    settings.MESSAGE_GATEWAYS = {"line": "http://127.0.0.1:9"}
    assert set(message_ports()) == {OfferChannel.LINE}
