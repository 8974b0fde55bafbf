"""Secrets in the database are unreadable there, keys change while everybody works, and nothing opens what was changed."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from tests.rooms.city.conftest import NOW, SETTING_UP

from madoguchi.city.at_rest import (
    SECOND_STEP,
    ShutWithAnotherKey,
    is_of_the_key_in_use,
    opened,
    read_keys,
    reseal,
    shut,
)
from madoguchi.city.authority import Role
from madoguchi.city.models import StaffMember

ONE, TWO = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
SEED = "JBSWY3DPEHPK3PXP"


@given(st.text())
def test_what_was_shut_opens_and_never_looks_the_same(text: str) -> None:
    first, second = (shut(text, purpose="p") for _ in range(2))
    assert first != second
    assert opened(first, purpose="p") == opened(second, purpose="p") == text


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: one[:-4] + "AAA=",
        lambda one: one.replace(".0.", ".9."),
        lambda one: one[:20],
        lambda one: one + "!",
    ],
)
def test_what_was_changed_does_not_open(spoil: Callable[[str], str]) -> None:
    with pytest.raises(ShutWithAnotherKey):
        opened(spoil(shut(SEED, purpose="p")), purpose="p")


def test_nothing_opens_for_another_purpose() -> None:
    with pytest.raises(ShutWithAnotherKey):
        opened(shut(SEED, purpose="p"), purpose="q")


def test_keys_change_while_both_open(settings: LazySettings) -> None:
    of_the_office = shut(SEED, purpose="p")
    settings.FIELD_KEYS = f"1={ONE}"
    old = shut(SEED, purpose="p")
    settings.FIELD_KEYS = f"2={TWO},1={ONE}"
    new = shut(SEED, purpose="p")
    assert [is_of_the_key_in_use(one) for one in (of_the_office, old, new, SEED)] == [
        False,
        False,
        True,
        False,
    ]
    assert {opened(one, purpose="p") for one in (of_the_office, old, new, SEED)} == {SEED}
    settings.FIELD_KEYS = f"2={TWO}"
    with pytest.raises(ShutWithAnotherKey):
        opened(old, purpose="p")


@pytest.mark.parametrize("said", ["x", "1=abc", f"0={ONE}", f"1={ONE},1={TWO}", f"={ONE}", "1=" + "A" * 10])
def test_a_setting_that_holds_no_keys_is_told(said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="MADOGUCHI_FIELD_KEYS"):
        read_keys(said)


@pytest.mark.django_db
def test_second_steps_are_shut_and_shut_anew(member: Callable[..., int], settings: LazySettings) -> None:
    user = StaffMember.objects.get(pk=member("sato", Role.CLERK))
    TOTP.activate(user, SEED)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SEED not in stored
    assert all(code not in stored for code in codes)
    settings.FIELD_KEYS = f"1={ONE}"
    assert reseal(by=SETTING_UP, now=NOW) == 2
    assert reseal(by=SETTING_UP, now=NOW) == 0
    totp = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    assert is_of_the_key_in_use(totp.data["secret"])
    assert opened(totp.data["secret"], purpose=SECOND_STEP) == SEED
    assert (
        RecoveryCodes(Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)).get_unused_codes()
        == codes
    )


@pytest.mark.django_db
def test_a_seed_of_before_is_read_and_shut_by_the_command(
    member: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    user = StaffMember.objects.get(pk=member("sato", Role.CLERK))
    row = TOTP.activate(user, SEED).instance
    Authenticator.objects.filter(pk=row.pk).update(data={"secret": SEED})
    call_command("city", "reseal")
    assert "1 件" in capsys.readouterr().out
    row.refresh_from_db()
    assert row.data["secret"].startswith("mdg1.")
