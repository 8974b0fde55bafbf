"""Being told by mail (メールで知らせる): whoever is signed in agrees to it, changes the address, or stops it. Always for themselves."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.audit.entries import Purpose
from madoguchi.audit.operations import record_access
from madoguchi.cases.messages.notices import NotAnAddress
from madoguchi.cases.messages.telling import WORDS, WORDS_VERSION, WordsNotAgreed, agree, stop, told_at
from madoguchi.channels.online.who import actor_of_resident, needs_resident, own_number, signed_in_of
from madoguchi.channels.shared.languages import current, tongues

UNPROCESSABLE = 422
LONGEST = 254


@needs_resident()
def mail(request: HttpRequest) -> HttpResponse:
    """Where this account is told, in which language, and what was agreed to."""
    number, by, now = signed_in_of(request).account, actor_of_resident(request), timezone.now()
    problem, said = "", request.POST.get("address", "")[: LONGEST + 1]
    if request.method == "POST":
        try:
            if request.POST.get("go") == "stop":
                stop(account=number, by=by, now=now)
                messages.success(request, _("メールでのお知らせをやめました。アドレスは消しました。"))
            else:
                agree(
                    account=number, address=said, language=current(), agreed=request.POST.get("agreed", ""), by=by, now=now
                )  # fmt: skip
                messages.success(request, _("メールでお知らせします。"))
            return redirect("my:mail")
        except (WordsNotAgreed, NotAnAddress) as error:
            problem = _(str(error))
    record_access(
        actor=by, purpose=Purpose.OWN, authority="resident", person_keys=[own_number(request)],
        fields=("mail_address",), case=None, screen="my_mail", now=now,
    )  # fmt: skip
    told = told_at(account=number)
    names = {one.code: one.name for one in tongues()}
    context = {
        "told": told,
        "tongue": names.get(told.language, "") if told else "",
        "address": said if problem else (told.address if told else ""),
        "words": [_(one) for one in WORDS],
        "version": WORDS_VERSION,
        "ready": settings.MAIL_READY,
        "problems": [problem] if problem else [],
    }
    return render(request, "online/my/mail.html", context, status=UNPROCESSABLE if problem else 200)
