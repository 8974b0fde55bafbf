"""Where sessions are kept (セッションの保管): Django's table of sessions, written anew at most every half minute of use.

Every page prolongs the session of whoever asked for it; a write with each of them would be a second wait for the disk beside
the line of the audit. So what is kept ends `RENEW_EVERY` later than it is promised, and is prolonged once so much of it is gone:
nobody is signed out before the time they were told.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from madoguchi.compiled import CompiledQuery

RENEW_EVERY = timedelta(seconds=min(30, settings.SESSION_COOKIE_AGE // 20))


_KEPT = CompiledQuery(
    lambda key: Session.objects.filter(session_key=key).values_list("session_data", "expire_date")
)


class SessionStore(db.SessionStore):
    """Django's own, which remembers until when it was kept."""

    ends_at: datetime | None = None

    def get_expiry_date(self, **given: Any) -> datetime:
        """When it ends: what is promised, and what may pass before it is renewed."""
        return super().get_expiry_date(**given) + RENEW_EVERY

    def load(self) -> dict[str, Any]:
        """What is kept, if it has not ended."""
        row = _KEPT.first(self.session_key) if self.session_key else None
        if row is None or row[1] <= timezone.now():
            self._session_key = None
            return {}
        self.ends_at = row[1]
        return self.decode(row[0])

    def renewed_lately(self, *, now: datetime) -> bool:
        """Whether it still ends no earlier than promised, should nothing be written now."""
        return self.ends_at is not None and self.ends_at - now >= timedelta(
            seconds=settings.SESSION_COOKIE_AGE
        )
