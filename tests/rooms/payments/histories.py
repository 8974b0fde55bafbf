"""Histories of paying and filing, drawn at random, with everything that can go wrong between city, provider and resident.

The provider is the demo's own books behind a line that times out before or after the act. Any act may be killed at any
statement to the database or at either end of a call; while a call is on its way other acts happen. Events come late, twice,
in another order, or never. At the end the line is well, the provider's file is taken in, and the care goes round until
there is nothing to do: then nobody was charged twice, no yen is lost, and both books are the same to the yen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.rooms.payments.played_with import Desk, Killed, dying, in_the_product_s_transaction, statement

from madoguchi.audit.entries import Actor
from madoguchi.connect.twins.payment_books import Books, BooksRefused
from madoguchi.payments import asking, reconciling, refunds, webhooks
from madoguchi.payments.filing import file_due
from madoguchi.payments.models import OutboxRow, PayableRow, PaymentRow, RefundRow
from madoguchi.payments.ports import (
    ProviderRefusedError,
    ProviderUnsure,
    SessionMade,
)
from madoguchi.payments.queries import filed_not_paid, ledger, paid_not_filed
from madoguchi.payments.repairing import repair
from madoguchi.payments.signing import sign
from madoguchi.payments.states import REFUNDS_OPEN, Account, FilingState, Move, PaymentState
from madoguchi.payments.telling import ask_provider, tell
from madoguchi.payments.values import Payable, PayLine, PaymentRefused, Truth, truth_of

SOURCE = "certificates"
SECRET = "a secret of the histories"
CLERKS = (Actor(1, "収納 一", "", ""), Actor(2, "収納 二", "", ""))
MOST_STATEMENTS = 45
MOST_ROUNDS = 40


@dataclass
class World:
    """One history: who does what next is drawn from `chance`."""

    chance: Random
    now: datetime
    books: Books = field(default_factory=lambda: Books(":memory:"))
    desk: Desk = field(default_factory=Desk)
    seen: Counter[str] = field(default_factory=Counter)
    well: bool = False
    depth: int = 0
    sent: list[bytes] = field(default_factory=list)

    # --- the line to the provider, as a PaymentProvider ---

    def create_session(
        self, *, reference: str, yen: int, title: str, lines: Sequence[tuple[str, int]], come_back: str
    ) -> SessionMade:
        session = self._called(
            lambda: self.books.create(
                reference=reference, yen=yen, title=title, lines=lines, come_back=come_back, now=self.now
            )
        )
        return SessionMade(f"/s/{session}", self._truth(reference))

    def capture(self, *, reference: str) -> Truth:
        self._called(lambda: self.books.capture(reference=reference, now=self.now))
        return self._truth(reference)

    def cancel(self, *, reference: str) -> Truth:
        self._called(lambda: self.books.cancel(reference=reference, now=self.now))
        return self._truth(reference)

    def refund(self, *, reference: str, yen: int, key: str) -> Truth:
        if not self.well and self.chance.random() < 0.1 and self.books.movements():
            self._quietly(lambda: self.books.refund_by_itself(reference=reference, yen=yen, now=self.now))
            self.seen["refund race"] += 1
        self._called(lambda: self.books.refund(reference=reference, yen=yen, key=key, now=self.now))
        return self._truth(reference)

    def fetch(self, *, reference: str) -> Truth | None:
        record = self._called(lambda: self.books.record(reference))
        self._meanwhile()  # what comes back may be old by the time that it is here
        return None if record is None else truth_of(record)

    def _truth(self, reference: str) -> Truth:
        record = self.books.record(reference)
        assert record is not None
        self._meanwhile()
        return truth_of(record)

    def _called(self, act: Callable[[], Any]) -> Any:
        assert not in_the_product_s_transaction(), "no call to a provider inside a transaction"
        self._fault("before")
        self._meanwhile()
        try:
            done = act()
        except BooksRefused as refused:
            raise ProviderRefusedError(str(refused)) from refused
        self._fault("after")
        return done

    def _fault(self, when: str) -> None:
        if self.well:
            return
        drawn = self.chance.random()
        if drawn < 0.08:
            self.seen[f"time-out {when} the act"] += 1
            raise ProviderUnsure
        if drawn < 0.12:
            self.seen[f"killed {when} the act"] += 1
            raise Killed

    def _meanwhile(self) -> None:
        if not self.well and self.depth < 2 and self.chance.random() < 0.15:
            self.seen["somebody else meanwhile"] += 1
            self.one_act()

    def _quietly(self, act: Callable[[], Any]) -> None:
        try:
            act()
        except (BooksRefused, PaymentRefused, webhooks.NotSigned):
            self.seen["refused"] += 1

    # --- what happens ---

    def one_act(self) -> None:
        """One act of anybody, perhaps killed on its way."""
        self.depth += 1
        acts: tuple[tuple[Callable[[], None], int], ...] = (
            (self.press, 5), (self.choose, 6), (self.come_back, 5), (self.deliver, 6), (self.drop_event, 1),
            (self.sweep, 3), (self.withdraw, 1), (self.ask_refund, 2), (self.approve, 2), (self.provider_acts, 2),
            (self.filed_by_hand, 1), (self.file, 2),
        )  # fmt: skip
        act = self.chance.choices([one for one, _ in acts], [weight for _, weight in acts])[0]
        self.seen[act.__name__] += 1
        killed_at = self.chance.randrange(MOST_STATEMENTS) if self.chance.random() < 0.25 else None
        try:
            with dying(killed_at):
                self._quietly(act)
        except Killed:
            self.seen["killed"] += 1
        finally:
            self.depth -= 1
        if self.depth == 0:
            self.now += timedelta(seconds=self.chance.choice((0, 1, 5, 20, 40, 90, 700, 2000)))
        self.nobody_is_charged_twice()

    def _asked(self) -> str:
        return self.chance.choice(list(PayableRow.objects.order_by("pk").values_list("number", flat=True)))

    def _payment(self) -> str | None:
        numbers = list(PaymentRow.objects.order_by("pk").values_list("number", flat=True))
        return self.chance.choice(numbers) if numbers else None

    def press(self) -> None:
        key = f"press-{self.chance.randrange(6)}"
        number = self._asked()
        payment = asking.begin(asked=number, key=f"{number}-{key}", come_back="/pay/", now=self.now)
        tell(provider=self, payment=payment, now=self.now)

    def choose(self) -> None:
        sessions = self.books.sessions()
        if sessions:
            way = self.chance.choice(("card", "card", "card", "shop", "wallet", "no"))
            self.books.choose(session=self.chance.choice(sessions)[1], way=way, now=self.now)

    def come_back(self) -> None:
        if payment := self._payment():
            ask_provider(provider=self, payment=payment, now=self.now)
            tell(provider=self, payment=payment, now=self.now)
            file_due(ports=self.ports, payment=payment, now=self.now)

    def deliver(self) -> None:
        due = self.books.due_events(now=self.now)
        if self.sent and self.chance.random() < 0.3:
            self.seen["event twice"] += 1
            body = self.chance.choice(self.sent)
        elif due:
            one = self.chance.choice(due)  # any of them: not in the order in which they were written
            if self.chance.random() < 0.7:
                self.books.event_told(one.n)
            body = one.body
            self.sent.append(body)
        else:
            return
        signature = sign(body, secret=SECRET, at=self.now)
        if self.chance.random() < 0.05:
            body = body.replace(b"300", b"100") + b" "
            self.seen["forged"] += 1
        webhooks.receive(body=body, signature=signature, secrets=[SECRET], now=self.now)
        file_due(ports=self.ports, now=self.now)

    def drop_event(self) -> None:
        for one in self.books.due_events(now=self.now)[:1]:
            self.books.event_told(one.n)

    def sweep(self) -> None:
        repair(provider=self, ports=self.ports, now=self.now)

    def sweep_until_quiet(self) -> None:
        """Care until there is nothing to do."""
        for _round in range(5):
            self.now += timedelta(minutes=2)
            repair(provider=self, ports=self.ports, now=self.now)

    def file(self) -> None:
        file_due(ports=self.ports, now=self.now)

    def withdraw(self) -> None:
        reference = self.chance.choice(list(self.desk.owed) or ["none"])
        if reference in self.desk.paid or self.chance.random() < 0.5:
            return
        self.desk.owed.pop(reference, None)
        if self.chance.random() < 0.7:
            asking.withdraw(source=SOURCE, reference=reference, by=CLERKS[0], now=self.now)

    def ask_refund(self) -> None:
        if payment := self._payment():
            refunds.ask_refund(
                payment=payment, yen=self.chance.choice((100, 300, 600, 900)), reason="二重に請求した",
                by=self.chance.choice(CLERKS), now=self.now,
            )  # fmt: skip

    def approve(self) -> None:
        for number in RefundRow.objects.filter(state="asked").order_by("pk").values_list("pk", flat=True)[:1]:
            by = self.chance.choice(CLERKS)
            if self.chance.random() < 0.2:
                refunds.drop_refund(refund=number, by=by, now=self.now)
            else:
                refunds.approve_refund(refund=number, by=by, now=self.now)
                tell(provider=self, now=self.now)

    def provider_acts(self) -> None:
        sessions = self.books.sessions()
        if not sessions:
            return
        reference = self.chance.choice(sessions)[0]
        match self.chance.randrange(6):
            case 0:
                self.books.expire(now=self.now + timedelta(minutes=self.chance.choice((0, 40))))
            case 1:
                self.books.refund_by_itself(
                    reference=reference, yen=self.chance.choice((100, 300)), now=self.now
                )
            case 2 | 3:
                self.books.dispute(reference=reference, now=self.now)
            case _:
                self.books.decide_dispute(reference=reference, won=self.chance.random() < 0.5, now=self.now)

    def filed_by_hand(self) -> None:
        """Somebody marks something as paid for which there is no money."""
        free = [one for one in self.desk.owed if one not in self.desk.paid]
        if free and self.chance.random() < 0.3:
            self.desk.paid[self.chance.choice(free)] = self.chance.choice(
                ("", "NOSUCH22", self._payment() or "")
            )

    @property
    def ports(self) -> Any:
        return {SOURCE: self.desk}

    # --- what must hold ---

    def nobody_is_charged_twice(self) -> None:
        """At every moment: of what is owed once, at most one session may still be paid or holds money."""
        charged: Counter[int] = Counter()
        owners = dict(PaymentRow.objects.values_list("number", "payable_id"))
        for reference, _session, _yen, phase in self.books.sessions():
            sums: Counter[str] = Counter()
            for _day, of, move, _key, yen in self.books.movements():
                if of == reference:
                    sums[move] += yen
            net = sums["capture"] - sums["refund"] - sums["dispute_lost"]
            if net > 0 or (phase in ("pending", "authorised") and not sums["capture"]):
                charged[owners[reference]] += 1
        assert not charged or max(charged.values()) <= 1, "two sessions for one thing"

    def ends_well(self) -> None:
        """The line is well again; the file of each day is taken in; the care goes round until there is nothing to do."""
        self.well = True
        self.now += timedelta(hours=2)
        self.books.expire(now=self.now)
        self._files_of_all_days()
        for _round in range(MOST_ROUNDS):
            self.books.expire(now=self.now)
            done = repair(provider=self, ports=self.ports, now=self.now)
            self.now += timedelta(hours=2)
            if done.nothing and not OutboxRow.objects.filter(due_at__isnull=False).exists():
                break
        else:
            raise AssertionError(f"the care never ends: {done}")
        self._files_of_all_days()  # once more, with what the care itself gave back
        self._books_are_the_same()
        self._everything_is_filed_or_goes_back()

    def _files_of_all_days(self) -> None:
        for day in sorted({day for day, *_ in self.books.movements()}):
            reconciling.take_statement(content=statement(self.books, day), by=CLERKS[0], now=self.now)

    def _books_are_the_same(self) -> None:
        theirs = sorted(
            (reference, move, "" if move == "capture" else key, yen)
            for _day, reference, move, key, yen in self.books.movements()
        )
        ours = []
        for number in PaymentRow.objects.values_list("number", flat=True):
            lines = ledger(payment=number)
            assert sum(line.yen for line in lines) == 0
            row = PaymentRow.objects.get(number=number)
            ours += [(number, booked.move, booked.key, booked.yen) for booked in row.bookings.all()]
            at_provider = sum(line.yen for line in lines if line.account is Account.PROVIDER)
            held = sum(line.yen for line in lines if line.account is Account.DISPUTED)
            assert at_provider + held == row.captured_yen - row.refunded_yen
        assert sorted(ours) == theirs, "a yen is in one of the books only"
        assert reconciling.differences() == ()

    def _everything_is_filed_or_goes_back(self) -> None:
        for row in PaymentRow.objects.select_related("payable"):
            state, filing = PaymentState(row.state), FilingState(row.filing)
            counts = self.desk.paid.get(row.payable.reference) == row.number
            assert counts == (filing is FilingState.FILED), (state, filing)
            if state is PaymentState.CAPTURED:
                assert filing is FilingState.FILED, (state, filing)
            if state in (PaymentState.FAILED, PaymentState.REFUNDED):
                assert not counts
            assert state not in (PaymentState.CREATED, PaymentState.AUTHORISED)
            promised = sum(
                RefundRow.objects.filter(payment=row, state__in=REFUNDS_OPEN).values_list("yen", flat=True)
            )
            assert promised == row.promised_yen
        assert paid_not_filed() == ()
        listed = filed_not_paid(ports=self.ports)
        assert all(one.disputed for one in listed), listed


def play(seed: int, *, now: datetime, acts: int = 14) -> Counter[str]:
    """Play one history and see that it ends well; what happened in it."""
    chance = Random(seed)
    world = World(chance, now)
    for n in range(chance.choice((1, 1, 2))):
        payable = Payable(
            SOURCE, f"case/{n}", "証明書", (PayLine("住民票の写し 1通", 300 * (n + 1)),), f"owner-{n}"
        )
        world.desk.owed[payable.reference] = payable
        asking.ask(payable=payable, by=CLERKS[0], now=now)
    for _act in range(chance.randrange(4, acts * 2)):
        world.one_act()
    world.ends_well()
    states = PaymentRow.objects.values_list("state", flat=True)
    world.seen.update(f"ends {state}" for state in states)
    world.seen["captures"] += len([one for one in world.books.movements() if one[2] == Move.CAPTURE.value])
    return world.seen
