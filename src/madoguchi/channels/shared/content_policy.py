"""What a browser may load for a page (Content-Security-Policy): the same sentence for nearly every page, built once."""

from __future__ import annotations

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

_OWN = ("_csp_config", "_csp_update", "_csp_replace", "_csp_exempt")


class ContentPolicy(CSPMiddleware):
    """django-csp, which is asked only for what a page says of itself (ページの読込み制限); every other page gets what the settings say."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the header, unless there is one."""
        plain = settings.CONTENT_SECURITY_POLICY.keys() == {"DIRECTIVES"} and not hasattr(
            settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY"
        )
        own = any(hasattr(response, name) for name in _OWN) or hasattr(request, "_csp_nonce")
        if own or not plain or HEADER in response:
            return super().process_response(request, response)
        response[HEADER] = self._policy()
        return response

    def _policy(self) -> str:
        if (built := getattr(self, "_built", None)) is None:
            built = self._built = build_policy()
        return built
