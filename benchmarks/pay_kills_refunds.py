"""The cashiers of `pay_kills`: two people give money back over HTTP, one asks and the other approves, while servers are killed."""

from __future__ import annotations

import random
import secrets
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

PATIENCE = 15
SECRET = "c" * 32  # of the form's token: cookie and form have to say the same


@dataclass
class Cashiers:
    """Two cashiers at their browsers, signed in."""

    base: str
    chance: random.Random
    seen: Counter[str]

    def tries(self) -> None:
        """Give something back, whatever happens to the servers meanwhile; later also what was asked for and left."""
        from django.db import connection

        try:
            self.seen[self._give_back()] += 1
        except (OSError, ValueError) as error:
            self.seen[f"refund cut off ({type(error).__name__})"] += 1
        finally:
            connection.close()

    def _give_back(self) -> str:
        from madoguchi.payments.models import PaymentRow, RefundRow

        paid = list(PaymentRow.objects.filter(state="captured").values_list("number", "captured_yen"))
        if not paid:
            return "nothing to give back"
        number, yen = self.chance.choice(paid)
        asked = {"yen": self.chance.choice((yen, yen, max(yen // 3, 1))), "reason": "窓口での申し出"}
        status = self._post("cashier", f"/office/payments/{number}/", **asked)
        waiting = list(RefundRow.objects.filter(state="asked").values_list("pk", flat=True))
        if not waiting:
            return f"asking for a refund: {status}"
        act = self.chance.choice(("approve",) * 6 + ("drop",))
        refund = self.chance.choice(waiting)
        both = [self._post("cashier2", f"/office/payments/refunds/{refund}/", act=act)]
        if self.chance.random() < 0.3:  # pressed again
            both.append(self._post("cashier2", f"/office/payments/refunds/{refund}/", act=act))
        return f"refund {act}: {both[-1]}"

    def _post(self, username: str, path: str, **said: Any) -> int:
        from django.conf import settings

        cookies = {settings.SESSION_COOKIE_NAME: _signed_in(username), settings.CSRF_COOKIE_NAME: SECRET}
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        data = urlencode({**said, "csrfmiddlewaretoken": SECRET}).encode()
        try:
            with _opener().open(Request(self.base + path, data, headers), timeout=PATIENCE) as answer:
                return int(answer.status)
        except HTTPError as error:
            with error:
                return error.code


def _opener() -> OpenerDirector:
    return build_opener(ProxyHandler({}))


def _signed_in(username: str) -> str:
    """The key of a session in which this member of staff came in a moment ago."""
    from django.test import Client

    from madoguchi.city.models import StaffMember

    browser = Client()
    member = StaffMember.objects.get(username=username)
    browser.force_login(member, "django.contrib.auth.backends.ModelBackend")
    return browser.session.session_key or secrets.token_hex(8)


def given_back(movements: list[tuple[str, str, str, int]]) -> dict[str, int]:
    """What must hold of refunds when all is settled; the counts. Raises AssertionError.

    `movements`: the provider's, as (payment, move, key, yen).
    """
    from madoguchi.payments.models import PaymentRow, RefundRow

    theirs = {(of, key): yen for of, move, key, yen in movements if move == "refund"}
    assert len(theirs) == sum(move == "refund" for _of, move, _key, _yen in movements), "given back twice"
    done = {
        (row.payment.number, row.key): row.yen
        for row in RefundRow.objects.select_related("payment").filter(state="done")
    }
    assert not RefundRow.objects.filter(state="approved").exists(), "approved and never given back"
    assert done.items() <= theirs.items(), "said to be given back, and was not"
    for row in PaymentRow.objects.filter(refunded_yen__gt=0):
        back = sum(yen for (of, _key), yen in theirs.items() if of == row.number)
        assert back == row.refunded_yen <= row.captured_yen, (row.number, back)
        assert (row.state == "refunded") == (back == row.captured_yen), (row.number, row.state)
    return {
        "refunds": len(theirs),
        "given back by cashiers": len([one for one in done if one[1].startswith("refund-")]),
        "yen back": sum(theirs.values()),
    }
