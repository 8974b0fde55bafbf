"""No screen is left out of the accessibility tests: a new address is in them, or here with the reason why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.urls import resolve
from tests.browser.test_accessibility import BY_SCREEN
from tests.browser.test_apply_screens import LOOKED_AT as OF_APPLYING
from tests.browser.test_boards import SCREENS as BOARDS
from tests.browser.test_booking_screens import LOOKED_AT
from tests.browser.test_case_screens import (
    BEGUN,
    BEREAVED,
    DESK_SCREENS,
    EMPTY,
    SIGNED,
    WIDOWED,
    WITHOUT_RECORD,
)
from tests.browser.test_disposal_screens import LOOKED_AT as OF_DISPOSAL
from tests.browser.test_editor_screens import addresses
from tests.browser.test_feedback_screens import SCREENS as SAID
from tests.browser.test_find_screens import LOOKED_AT as OF_FINDING
from tests.browser.test_form_review_screens import SCREENS as REVIEWED
from tests.browser.test_from_outside_screens import LOOKED_AT as OF_OUTSIDE
from tests.browser.test_furusato_screens import LOOKED_AT as OF_GIFTS
from tests.browser.test_levelling_screens import OF_OFFICERS
from tests.browser.test_levelling_screens import SCREENS as LEVELLING
from tests.browser.test_offer_screens import LOOKED_AT as OF_OFFERS
from tests.browser.test_office_screens import SCREENS
from tests.browser.test_payment_screens import LOOKED_AT as OF_PAYING
from tests.browser.test_queue_screens import DESK, KIOSK, START
from tests.house.every_address import ours

NOT_A_SCREEN: Mapping[str, str] = {
    **dict.fromkeys(("counter:home", "counter:resume", "furusato:open"), "sends on to another screen"),
    **dict.fromkeys(
        (
            "counter:sheet", "counter:paper", "counter:case_file", "counter:task_file", "my:file", "counter:letter_print", "backoffice:download",
            "backoffice:certificates_file", "backoffice:city_book", "backoffice:draft_files",
            "backoffice:draft_texts", "backoffice:form_review_book", "backoffice:levelling_demand",
            "backoffice:levelling_template", "backoffice:proposal_book", "backoffice:insight_book",
            "backoffice:insight_visits", "backoffice:experience_book", "backoffice:feedback_book", "online:calendar",
            "backoffice:draft_language_book", "backoffice:revision_files", "backoffice:payments_book",
            "backoffice:furusato_list", "backoffice:furusato_papers", "backoffice:coverage_file",
            "backoffice:visit_file", "counter:task_paper", "my:case_document", "backoffice:handling_book",
            "backoffice:rulings_file", "backoffice:campaign_book", "backoffice:take_up_file", "backoffice:disposal_list",
        ),
        "a file",
    ),
    **dict.fromkeys(
        (
            "counter:open", "counter:choose", "counter:undo", "counter:retake", "counter:park", "counter:explain",
            "counter:task_message", "counter:task_ruling", "counter:received", "counter:withdraw", "counter:letter_sent", "backoffice:answers", "backoffice:answer", "backoffice:staff_add",
            "backoffice:staff_roles", "backoffice:staff_active", "backoffice:staff_link", "backoffice:staff_second_step",
            "backoffice:survey_take_in", "backoffice:survey_show", "backoffice:national_add", "backoffice:city_removed",
            "backoffice:city_book_in", "backoffice:draft_begin", "backoffice:revision_back", "backoffice:draft_act",
            "backoffice:draft_rule_act", "backoffice:draft_texts_in", "backoffice:form_review_count", "backoffice:day", "backoffice:shelter_begin", "backoffice:shelter_prolong", "backoffice:shelter_lift", "city_stay", "city_practice",
            "backoffice:levelling_propose", "backoffice:proposal_adopt", "backoffice:proposal_book_in", "backoffice:experience_begin",
            "backoffice:experience_press", "backoffice:experience_act", "backoffice:coverage_count", "backoffice:visit_plan", "backoffice:visit_end",
            "backoffice:draft_own_question", "backoffice:draft_language_take", "backoffice:draft_sheet_begin",
            "counter:calls_desk", "counter:calls_next", "counter:calls_number", "counter:calls_give", "counter:calls_act",
            "counter:calls_send", "counter:calls_case", "counter:calls_day_act", "kiosk:issue", "kiosk:reprint", "kiosk:book_reprint", "board:away", "board:back", "backoffice:payments_statement", "backoffice:payments_care", "backoffice:payments_refund", "furusato:end",
            "backoffice:furusato_take", "backoffice:furusato_decide", "backoffice:furusato_accept", "backoffice:furusato_settled", "my:case_pay",
            "counter:prepared_take",
            "backoffice:campaign_act", "backoffice:disposal_act", "backoffice:campaign_letters", "backoffice:reach_act", "backoffice:take_up_act",
            "backoffice:sheltered_reach_act", "backoffice:entrusted_report",
        ),
        "takes a form and sends back to its screen",
    ),
    **dict.fromkeys(
        (
            "api:openapi", "api:procedures", "api:procedure", "api:events", "api:facts", "api:decide", "api:languages",
            "api:branches", "api:waits", "api:branch_waits", "api:slot_days", "api:slot_times", "api:open_days", "api:health",
            "my:find_usage", "my:usage_period", "my:heartbeat",
        ),
        "data",
    ),
    "backoffice:procedure_guide": "opens in a language whose sentences are all there; none is yet, so it is not found",
    "pay:hook": "answers the provider, not a person",
    **dict.fromkeys(("my:go", "my:back"), "sends on to the provider, or from it to a page"),
    **dict.fromkeys(
        ("my:sign_out", "my:mandate", "my:mandate_own", "backoffice:mandate_end"),
        "takes a form and sends back to its screen",
    ),
    "counter:answer": "answers with the middle of the hearing, which is looked at as a whole",
}  # fmt: skip
# Seen with something in them (test_office_screens).
OF_THE_OFFICE = {
    resolve(f"/office/inventory/{screen}".split("?")[0]).view_name for screen in (*SCREENS, "surveys/1/")
}
OF_THE_EDITOR = {resolve(url.split("?")[0]).view_name for url in addresses(1)}
OF_THE_FORM_REVIEW = {resolve(f"/office/form-review/{screen}".split("?")[0]).view_name for screen in REVIEWED}
# By the functions of the tests beside this one, which need a case or a task.
OF_A_CASE = {
    "counter:task",
    "counter:desk",
    "counter:review",
    "counter:reviews",
    "counter:worklist",
    "counter:letters",
    *DESK_SCREENS,
}


OF_LEVELLING = {
    resolve(f"/office/{screen}".format_map(defaultdict(lambda: 1)).split("?")[0]).view_name
    for screen in (*LEVELLING, *OF_OFFICERS)
}
OF_THE_QUEUE = {
    resolve(url.split("?")[0]).view_name for url in (*DESK, "/kiosk/", *(f"{START}{one}" for one in KIOSK))
}


OF_THE_HALL = {resolve(path.format(secret="x").split("?")[0]).view_name for path in BOARDS}


OF_THE_FEEDBACK = {resolve(path.format(number="x")).view_name for path in SAID}


def looked_at() -> set[str]:
    of_case = {
        resolve(f"/cases/x/{name}/").view_name
        for name in (*EMPTY, *WITHOUT_RECORD, *BEREAVED, *WIDOWED, *BEGUN, *SIGNED)
    }
    return (
        of_case
        | {resolve(url.split("?")[0]).view_name for _, url in BY_SCREEN}
        | OF_A_CASE
        | LOOKED_AT
        | OF_PAYING
        | OF_APPLYING
        | OF_FINDING
        | OF_DISPOSAL
        | OF_GIFTS
        | OF_OFFERS
        | OF_OUTSIDE
        | OF_THE_OFFICE
        | OF_THE_EDITOR
        | OF_THE_FORM_REVIEW
        | OF_LEVELLING
        | OF_THE_QUEUE
        | OF_THE_HALL
        | OF_THE_FEEDBACK
    )


def test_every_address_is_looked_at_or_no_screen() -> None:
    named = {address.name for address in ours()}
    assert named - looked_at() - NOT_A_SCREEN.keys() == set()
    assert NOT_A_SCREEN.keys() - named == set(), "an address that is gone"
    assert NOT_A_SCREEN.keys() & looked_at() == set()
