"""What the survey says about a procedure, in the options by which ease is scored.

The survey asks the way of identification only where a procedure is not yet online, and its 0 may mean "not counted"; what
it does not say stays わからない here. Source of the codes: 行政手続等の悉皆調査結果解説資料, items 12-1 to 19-3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

from madoguchi.catalogue.inventory.ease import Criterion, volume_option
from madoguchi.catalogue.inventory.survey_columns import SurveyColumn

TextOf = Callable[[SurveyColumn], str]
IDENTITIES = {"1": "certificate", "2": "seal", "3": "signature", "4": "document", "5": "other", "6": "none"}
# Papers whose content a city holds or can ask for through the information network.
HELD = frozenset(
    {"住民票", "戸籍", "所得証明書・納税証明書", "印鑑登録証明書(個人)", "印鑑登録証明書（個人）"}
)
NO_ATTACHMENT = "添付書類なし"


# Everything but the volume, which is this city's.
WRITTEN = tuple(one for one in Criterion if one is not Criterion.VOLUME)


def written(features: Mapping[Criterion, str]) -> str:
    """The options in one short text, as a row keeps them."""
    return "/".join(features[one] for one in WRITTEN)


@lru_cache(maxsize=4096)
def read(text: str) -> Mapping[Criterion, str]:
    """What `written` wrote."""
    return MappingProxyType(dict(zip(WRITTEN, text.split("/"), strict=True)))


def code_of(text: str) -> str:
    """The code in front of a choice: "4-3" of "4-3 国又は地方等"."""
    return text.partition(" ")[0]


def codes_of(text: str) -> frozenset[str]:
    """The codes of a column with several choices."""
    return frozenset(code_of(part.strip()) for part in text.split(";") if part.strip())


def features_of(text: TextOf, volume: int | None) -> Mapping[Criterion, str]:
    """The options of a procedure of the survey; `volume` a year in this city (None: unknown)."""
    attachments = _attachments(text)
    return {
        Criterion.LAW: _law(text),
        Criterion.IDENTITY: _identity(codes_of(text(SurveyColumn.IDENTITY))),
        Criterion.FEE: {"1": "no", "2": "yes"}.get(code_of(text(SurveyColumn.FEE)), "unknown"),
        Criterion.ATTACHMENTS: attachments,
        Criterion.ORIGINALS: _originals(text, attachments),
        Criterion.VOLUME: volume_option(volume),
    }


def _law(text: TextOf) -> str:
    online, barriers = code_of(text(SurveyColumn.ONLINE)), codes_of(text(SurveyColumn.BARRIER))
    if online == "3" or barriers & {"1", "2", "5"}:
        return "statute"
    if online in ("1", "5") or barriers & {"0", "3", "4", "6"}:
        return "none"
    return "unknown"


def _identity(codes: frozenset[str]) -> str:
    known = [IDENTITIES[code] for code in sorted(codes) if code in IDENTITIES]
    return known[0] if known else "unknown"


def _attachments(text: TextOf) -> str:
    papers = {part.strip() for part in text(SurveyColumn.ATTACHMENTS).split(";") if part.strip()}
    if papers == {NO_ATTACHMENT} or codes_of(text(SurveyColumn.ATTACHMENTS_ENDED)) == {"1"}:
        return "none"
    if not papers:
        return "unknown"
    return "held" if papers <= HELD | {NO_ATTACHMENT} else "other"


def _originals(text: TextOf, attachments: str) -> str:
    by = codes_of(text(SurveyColumn.ATTACHMENTS_BY))
    if by & {"2", "3"} or "4" in codes_of(text(SurveyColumn.BARRIER)):
        return "yes"
    if attachments == "none" or (by and by <= {"0", "1"}):
        return "no"
    return "unknown"
