"""Try the worked examples of a pack (台帳の例題): facts in, and what comes out against what is expected."""

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.court import decide_procedure
from madoguchi.procedures.packs import Example, Pack, Procedure


def differences(pack: Pack, procedure: Procedure, example: Example) -> tuple[str, ...]:
    """Return one Japanese sentence for each way in which an example does not come out as expected."""
    decisions = {
        decision.subject: decision
        for decision in decide_procedure(
            pack, procedure, example.situation, on=example.on, open_days=OpenDays()
        )
    }
    found: list[str] = []
    for subject, status in example.expect.items():
        got = decisions[subject].status.value
        if got != status:
            found.append(f"例「{example.name}」の {subject} は {status} のはずですが {got} になります。")
    for subject, day in example.deadline.items():
        deadline = decisions[subject].deadline
        if deadline != day:
            found.append(
                f"例「{example.name}」の {subject} の期限は {day} のはずですが {deadline} になります。"
            )
    for subject, yen in example.amount.items():
        amount = decisions[subject].amount
        if amount is None or amount.yen != yen:
            got = "決まりません" if amount is None else f"{amount.yen:,}円になります"
            found.append(f"例「{example.name}」の {subject} の額は {yen:,}円のはずですが{got}。")
    for subject, keys in example.missing.items():
        missing = sorted({ref.key for ref in decisions[subject].missing})
        if missing != sorted(set(keys)):
            wanted = "、".join(sorted(set(keys))) or "なし"
            got = "、".join(missing) or "なし"
            found.append(
                f"例「{example.name}」の {subject} に足りない事実は {wanted} のはずですが {got} です。"
            )
    return tuple(found)
