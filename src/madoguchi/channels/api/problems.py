"""What is answered when something cannot be answered: one shape, in Japanese, for every address of the interface.

`{"error": {"what": …, "where": …, "what_to_do": …}, "more": […]}`: `more` has the other faults of the same request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Schema
from pydantic import Field

PLACE = "/api/v1/"
JSON = "application/json"
MOST_TOLD = 20


class Problem(Schema):
    """One fault: what is wrong, where, what to do."""

    what: str = Field(description="何がいけないか")
    where: str = Field(description="どこで（項目の名前や場所。全体のときは空）")
    what_to_do: str = Field(description="どうすればよいか")


class Problems(Schema):
    """The answer to a request that cannot be answered."""

    error: Problem
    more: list[Problem] = Field(description="同じ送信のほかの誤り")


class CannotAnswer(Exception):
    """A request that is not answered: the status and every fault, the first first."""

    def __init__(self, status: int, *faults: Problem, headers: Mapping[str, str] | None = None) -> None:
        self.status, self.faults, self.headers = status, faults, dict(headers or {})
        super().__init__(faults[0].what)


def problem(what: str, what_to_do: str, where: str = "") -> Problem:
    """A fault as a value, cut to what can be read."""
    return Problem(what=_readable(what), where=_readable(where), what_to_do=_readable(what_to_do))


def problem_response(status: int, faults: Sequence[Problem]) -> JsonResponse:
    """The faults as an answer; never kept by anybody in between."""
    told = Problems(error=faults[0], more=list(faults[1:MOST_TOLD]))
    answer = JsonResponse(told.model_dump(), status=status, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    answer["Content-Language"] = "ja"
    return answer


def _readable(text: str) -> str:
    """A text that may hold what somebody sent: short, and without what no answer can carry."""
    return "".join(one if one.isprintable() else "�" for one in text[:300])


USUAL: Mapping[int, Problem] = {
    400: problem("送られた内容を読めません。", "文字コード（UTF-8）と JSON の形を確かめてください。"),
    403: problem("ここは開けません。", "/api/ の一覧にある住所を使ってください。"),
    404: problem("見つかりません。", "/api/ の一覧と、名前のつづりを確かめてください。"),
    405: problem("この方法では開けません。", "答えの Allow にある方法を使ってください。"),
    406: problem("JSON のほかの形では答えられません。", "Accept に application/json を入れてください。"),
    413: problem("送られた内容が大きすぎます。", "世帯を1つだけ、64KiB までで送ってください。"),
    415: problem("JSON のほかの形は読めません。", "Content-Type を application/json にしてください。"),
    422: problem("項目の値が正しくありません。", "openapi.json の型と範囲を確かめてください。"),
    429: problem("問い合わせが続いたため、しばらく答えません。", "Retry-After の秒数だけ待ってください。"),
    500: problem("窓口の側で処理できませんでした。", "時間をおいて、もう一度試してください。続くときは市に知らせてください。"),
    503: problem("手続台帳がまだ公開されていません。", "市が公開するまで待ってください。"),
}  # fmt: skip
# Every address may answer these; each adds its own.
ALWAYS: Mapping[int, type[Schema]] = dict.fromkeys((400, 404, 405, 406, 422, 429, 503), Problems)
WITH_BODY: Mapping[int, type[Schema]] = {**ALWAYS, 413: Problems, 415: Problems}


def cannot(status: int) -> CannotAnswer:
    """The usual words for a status."""
    return CannotAnswer(status, USUAL[status])


class ProblemsAsData:
    """Middleware: below `/api/v1/` no page answers; what the framework says of an error is said in our shape."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code < 400 or not request.path_info.startswith(PLACE):
            return answer
        if answer.headers.get("Content-Type", "").startswith(JSON):
            return answer
        status = answer.status_code if answer.status_code in USUAL else HTTPStatus.BAD_REQUEST
        told = problem_response(status, [USUAL[status]])
        for header in ("Allow", "Retry-After"):
            if header in answer.headers:
                told[header] = answer.headers[header]
        return told
