"""証明書の請求: what was asked for in visits, for whoever issues it in the core system."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.cases.certificate_wishes import CERTIFICATE_NAMES
from madoguchi.cases.queries import certificate_requests
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.city.authority import Authority, needs
from madoguchi.connect.certificates import certificates_csv


@needs(Authority.CONNECT)
def certificates(request: HttpRequest) -> HttpResponse:
    """What was asked for, and what may not be issued yet because the change is still 仮. No personal data."""
    rows = [
        {"line": one, "name": _(CERTIFICATE_NAMES.get(one.kind, one.kind))} for one in certificate_requests()
    ]
    return render(request, "backoffice/certificates.html", {"rows": rows})


@needs(Authority.CONNECT)
@require_POST
def certificates_file(request: HttpRequest) -> HttpResponse:
    """The same as a CSV file."""
    return file_response(
        certificates_csv(certificate_requests()), "certificates.csv", "text/csv; charset=utf-8"
    )
