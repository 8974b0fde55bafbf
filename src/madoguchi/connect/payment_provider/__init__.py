"""Providers of payments (決済事業者): which one is set, spoken to over HTTP. docs/payments.md says what is spoken."""

from __future__ import annotations

from django.conf import settings

from madoguchi.connect.payment_provider.http_provider import HttpProvider
from madoguchi.payments.ports import PaymentProvider


def provider() -> PaymentProvider | None:
    """The provider of this office; None: nothing is paid online here."""
    if not settings.PAYMENT_PROVIDER:
        return None
    return HttpProvider(settings.PAYMENT_PROVIDER, settings.PAYMENT_KEY, settings.PAYMENT_SECONDS)
