"""Certificates asked for in a visit (証明書の請求), for the core system that issues them: kind, copies, fee.

What is still 仮 may not be certified: a request whose change is not registered yet says so and is not to be issued.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from madoguchi.cases.views import CertificateRequest

COLUMNS = ("day", "number", "kind", "copies", "fee_yen", "blocked")


def certificates_csv(requests: Sequence[CertificateRequest]) -> bytes:
    """The requests as CSV (UTF-8 with BOM); no personal data."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in requests:
        blocked = "true" if one.blocked else "false"
        writer.writerow([one.day.isoformat(), one.number, one.kind, one.copies, one.fee_yen, blocked])
    return text.getvalue().encode("utf-8-sig")
