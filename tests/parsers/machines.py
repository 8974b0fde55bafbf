"""How the parsers of messages, of machines' answers and of what we wrote ourselves are called; no database is asked."""

from __future__ import annotations

import io
import socket
from datetime import timedelta

from tests.parsers.plain import text_of
from tests.parsers.roomy import KEY, NOW, from_file


def answer_file(data: bytes) -> object:
    from madoguchi.connect.answer_file import _rows

    return _rows(data)


def statement(data: bytes) -> object:
    from madoguchi.payments.reconciling import read_statement

    return read_statement(data)


def event(data: bytes) -> object:
    from madoguchi.payments.webhooks import read_event

    return read_event(data)


def signature(data: bytes) -> object:
    from madoguchi.payments.signing import signed

    return signed(body=b"{}", signature=data.decode("latin-1"), secrets=["s"], now=NOW)


def provider_answer(data: bytes) -> object:
    from madoguchi.connect.payment_provider.http_provider import _truth, answered

    return _truth(answered(data))


def receipts(data: bytes) -> object:
    from madoguchi.connect.message_ports import answered, receipts_of

    return receipts_of(answered(data))


def returned_mail(data: bytes) -> object:
    from madoguchi.outreach.returned_mail import read

    return read(data)


def card_reader(data: bytes) -> object:
    from madoguchi.connect.card_reader import _face, _fault, _object

    said = _object(data)
    if "fault" in said:
        raise _fault(said)
    return _face(said)


def scanner(data: bytes) -> object:
    from madoguchi.connect.virus_scanner import _read

    return _read(data)


def printer(data: bytes) -> object:
    """What the printer answers, byte by byte, over a real connection."""
    from madoguchi.connect.ticket_printer import ASK_STATE, _asked

    here, there = socket.socketpair()
    with here, there:
        there.sendall(data[:8])
        there.shutdown(socket.SHUT_WR)
        return _asked(here, ASK_STATE), _asked(here, ASK_STATE)


def identity_answer(data: bytes) -> object:
    """Each of the provider's documents, taken for these bytes."""
    from madoguchi.connect.identity.calls import _json
    from madoguchi.connect.identity.provider import _addresses, _keys
    from madoguchi.connect.identity.signing_in import _facts, _mapping

    kind, said = data[:1], _json(data[1:])
    if kind == b"a":
        return _addresses(said, "https://id.example")
    if kind == b"k":
        return [one.thumbprint() for one in _keys(said).keys]
    return _facts(_mapping(said))


def identity_token(data: bytes) -> object:
    """A token as it came; and claims that are signed as they should be."""
    from joserfc import jws
    from joserfc.jwk import KeySet
    from tests.signing import keys_of_tests

    from madoguchi.connect.identity.tokens import verified

    key = keys_of_tests()[0]
    token = text_of(data)
    if data[:1] == b"{":
        token = jws.serialize_compact({"alg": "RS256"}, data, key, algorithms=["RS256"])
    return verified(
        token, keys=lambda _anew: KeySet([key]), issuer="https://id.example", client_id="madoka", nonce="n",
        access_token="a", level="", now=NOW,
    )  # fmt: skip


def branch_package(data: bytes) -> object:
    from madoguchi.config.line_cut.package import Package

    return Package.from_json(text_of(data))


def branch_outbox(data: bytes) -> object:
    from madoguchi.cases.line_cut.outbox import Outbox

    return Outbox.from_text(text_of(data))


def shut_file(data: bytes) -> object:
    from madoguchi.config.keeping.shutting import opened

    out = io.BytesIO()
    opened(io.BytesIO(data), out, key=KEY, name="写し")
    return out.getvalue()


def key_file(data: bytes) -> object:
    from madoguchi.config.keeping.shutting import read_key

    return from_file(read_key, data, "鍵")


def copy_manifest(data: bytes) -> object:
    from madoguchi.config.keeping.copies import LIST, read

    return from_file(lambda path: read(path.parent), data, LIST)


def home_mark(data: bytes) -> object:
    from madoguchi.config.keeping.marks import FILE, beside

    return from_file(lambda path: beside(path.parent), data, FILE)


def sealed(data: bytes) -> object:
    from madoguchi.cases.sealed import unseal

    return unseal(text_of(data), purpose="fuzz", now=NOW, longest=timedelta(days=1))


def sealed_inside(data: bytes) -> object:
    """What somebody sealed with our own key, and is not what we write."""
    from madoguchi.cases.sealed import _opened

    return _opened(data, now=NOW, longest=timedelta(days=1))


def at_rest(data: bytes) -> object:
    from madoguchi.city.at_rest import opened

    return opened(text_of(data), purpose="fuzz")


def screen(data: bytes) -> object:
    from madoguchi.channels.shared.screens import screen_of

    return screen_of(text_of(data))


def claims(data: bytes) -> object:
    """What the account of a resident is compared by."""
    from madoguchi.residents.accounts.matching import birth_in, place_of

    return birth_in(text_of(data)), place_of(text_of(data), ("まどか県まどか市", "まどか市"))
