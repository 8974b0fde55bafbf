"""Every address of the product; each room's own file declares what authority its screens need."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("my/offers/", include("madoguchi.channels.online.offers.urls")),
    path("my/", include("madoguchi.channels.online.urls_my")),
    path("staff/", include("madoguchi.city.urls")),
    path("staff/", include("allauth.account.urls")),
    path("staff/mfa/", include("allauth.mfa.urls")),
    path("pay/", include("madoguchi.channels.online.urls_pay")),
    path("book/", include("madoguchi.channels.online.urls")),
    path("furusato/", include("madoguchi.channels.online.furusato.urls")),
    path("check/", include("madoguchi.channels.online.urls_check")),
    path("find/", include("madoguchi.channels.online.find.urls")),
    path("kiosk/", include("madoguchi.channels.kiosk.urls")),
    path("api/", include("madoguchi.channels.api.urls")),
    path("feedback/", include("madoguchi.channels.feedback.urls")),
    path("office/", include("madoguchi.channels.backoffice.urls")),
    # Last: every single address of these two is tried for whatever begins with none of those above.
    path("", include("madoguchi.channels.counter.urls")),
    path("", include("madoguchi.channels.board.urls")),
]

handler500 = "madoguchi.channels.shared.not_saved.server_error"
