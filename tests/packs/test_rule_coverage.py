"""Every rule, and every sentence for "not needed", comes out in at least one worked example of its procedure."""

from __future__ import annotations

import pytest

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.court import decide_procedure
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.loader import national_pack

# Rules that cannot hold in the pack as it is shipped, and why.
CANNOT_HOLD = {
    "relocation-grant": "移住支援金は、市が「ある」と設定したときだけ",
    "voter-list": "選挙人名簿には自動で載る。届け出るものがない",
}


@pytest.mark.parametrize("name", [procedure.id for procedure in national_pack().procedures])
def test_each_branch_has_an_example(name: str) -> None:
    pack = national_pack()
    procedure = pack.procedure(name)
    said = {
        (decision.status, reason.text)
        for example in procedure.examples
        for decision in decide_procedure(
            pack, procedure, example.situation, on=example.on, open_days=OpenDays()
        )
        for reason in decision.because
    }
    branches = {
        (status, rule.because)
        for rule in procedure.rules
        for status, condition in ((Status.MUST, rule.must), (Status.OPTIONAL, rule.optional))
        if condition is not None and name not in CANNOT_HOLD
    }
    branches |= {
        (Status.NOT_NEEDED, sentence.because) for rule in procedure.rules for sentence in rule.otherwise
    }
    assert branches - said == set()
