"""The states of a case and of a task, as tables: what may be done when. What is not in a table is refused."""

from __future__ import annotations

from enum import Enum


class CaseStatus(Enum):
    """Where a case stands (受付の状態)."""

    HEARING = "hearing"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SENT = "sent"
    REGISTERED = "registered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return CASE_STATUS_LABELS[self]


CASE_STATUS_LABELS = {
    CaseStatus.HEARING: "受付中",
    CaseStatus.IN_REVIEW: "審査待ち（仮）",
    CaseStatus.APPROVED: "審査済み（仮）",
    CaseStatus.SENT: "連携済み（仮）",
    CaseStatus.REGISTERED: "登録済み",
    CaseStatus.CLOSED: "済み（異動データなし）",
    CaseStatus.WITHDRAWN: "取下げ",
}


class Act(Enum):
    """What can be done to a case."""

    BEGIN = "begin"
    TAKE_PREPARED = "take_prepared"
    NAME_PEOPLE = "name_people"
    CONFIRM_PREPARED = "confirm_prepared"
    SET_WHO_MOVES = "set_who_moves"
    SAY_EVENT = "say_event"
    SET_VISITOR = "set_visitor"
    ANSWER = "answer"
    CORRECT_FACT = "correct_fact"
    CHOOSE = "choose"
    SAY_ROLES = "say_roles"
    RETAKE = "retake"
    UNDO = "undo"
    PARK = "park"
    RESUME = "resume"
    EXPLAIN = "explain"
    NOTE_DOCUMENT = "note_document"
    RECEIVE_DOCUMENT = "receive_document"
    REQUEST_CERTIFICATE = "request_certificate"
    NOTE_LATE = "note_late"
    FOLLOW = "follow"
    CHANGE_REVISION = "change_revision"
    SIGN = "sign"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    RETURN = "return"
    CORRECT_AFTER_SIGNING = "correct_after_signing"
    HAND_OVER = "hand_over"
    ACKNOWLEDGE = "acknowledge"
    REFUSE = "refuse"
    CLOSE = "close"


_WHILE_HEARING = frozenset(
    {
        Act.BEGIN, Act.FOLLOW, Act.SET_WHO_MOVES, Act.SAY_EVENT, Act.SET_VISITOR, Act.ANSWER, Act.CORRECT_FACT, Act.CHOOSE,
        Act.SAY_ROLES, Act.RETAKE, Act.TAKE_PREPARED, Act.NAME_PEOPLE, Act.CONFIRM_PREPARED,
        Act.UNDO, Act.PARK, Act.RESUME, Act.EXPLAIN, Act.NOTE_DOCUMENT, Act.RECEIVE_DOCUMENT, Act.REQUEST_CERTIFICATE,
        Act.NOTE_LATE, Act.CHANGE_REVISION, Act.SIGN, Act.WITHDRAW,
    }
)  # fmt: skip
_AFTER_SIGNING = frozenset({Act.EXPLAIN, Act.RECEIVE_DOCUMENT, Act.CORRECT_AFTER_SIGNING})
ACTS: dict[CaseStatus, frozenset[Act]] = {
    CaseStatus.HEARING: _WHILE_HEARING,
    CaseStatus.IN_REVIEW: _AFTER_SIGNING | {Act.APPROVE, Act.RETURN, Act.WITHDRAW},
    CaseStatus.APPROVED: _AFTER_SIGNING | {Act.HAND_OVER, Act.CLOSE},
    CaseStatus.SENT: _AFTER_SIGNING | {Act.ACKNOWLEDGE, Act.REFUSE},
    CaseStatus.REGISTERED: _AFTER_SIGNING,
    CaseStatus.CLOSED: _AFTER_SIGNING,
    CaseStatus.WITHDRAWN: frozenset(),
}
LEADS_TO: dict[Act, CaseStatus] = {
    Act.SIGN: CaseStatus.IN_REVIEW,
    Act.WITHDRAW: CaseStatus.WITHDRAWN,
    Act.APPROVE: CaseStatus.APPROVED,
    Act.RETURN: CaseStatus.HEARING,
    Act.CORRECT_AFTER_SIGNING: CaseStatus.HEARING,
    Act.HAND_OVER: CaseStatus.SENT,
    Act.ACKNOWLEDGE: CaseStatus.REGISTERED,
    Act.REFUSE: CaseStatus.HEARING,
    Act.CLOSE: CaseStatus.CLOSED,
}
# What may be taken back with one key, as long as the case is not signed.
CAN_BE_UNDONE = frozenset(
    {
        Act.BEGIN,
        Act.TAKE_PREPARED,
        Act.NAME_PEOPLE,
        Act.CONFIRM_PREPARED,
        Act.FOLLOW,
        Act.SET_WHO_MOVES,
        Act.SAY_EVENT,
        Act.SET_VISITOR,
        Act.ANSWER,
        Act.CORRECT_FACT,
        Act.CHOOSE,
        Act.SAY_ROLES,
    }
)


class HeldWhy(Enum):
    """Why an act of the branch was not done at the centre; it is kept and listed."""

    CLOSED = "closed"
    PEOPLE = "people"
    NOT_PROVISIONAL = "not_provisional"
    AFTER_HELD = "after_held"

    @property
    def label(self) -> str:
        """The sentence of the list."""
        return {
            HeldWhy.CLOSED: "本庁で先に署名・取下げなどがされていました",
            HeldWhy.PEOPLE: "本庁でも世帯の人が入れられていました",
            HeldWhy.NOT_PROVISIONAL: "回線が切れているあいだはできない操作です",
            HeldWhy.AFTER_HELD: "この前の操作を取り込めませんでした",
        }[self]


class PayState(Enum):
    """Where the paying of a case's certificates stands (証明書の支払いの状態)."""

    ASKED = "asked"
    PAID = "paid"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The word of the office."""
        return PAY_STATE_LABELS[self]


PAY_STATE_LABELS = {
    PayState.ASKED: "支払い待ち",
    PayState.PAID: "支払い済み",
    PayState.WITHDRAWN: "取りやめ",
}


class LetterState(Enum):
    """Where the letter after a notice stands (届出後の通知の状態)."""

    DUE = "due"
    SENT = "sent"
    CALLED_OFF = "called_off"


class TaskState(Enum):
    """Where a department's task stands (課の仕事の状態)."""

    NEW = "new"
    TAKEN = "taken"
    AT_SEAT = "at_seat"
    ASKED_BACK = "asked_back"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return TASK_STATE_LABELS[self]


TASK_STATE_LABELS = {
    TaskState.NEW: "あとで",
    TaskState.TAKEN: "これから席へ行く",
    TaskState.AT_SEAT: "席にいる",
    TaskState.ASKED_BACK: "窓口に確認中",
    TaskState.DONE: "済み",
    TaskState.CANCELLED: "なくなりました",
}


class TaskAct(Enum):
    """What a department may do with its task."""

    TAKE = "take"
    GO_TO_SEAT = "go_to_seat"
    ASK_BACK = "ask_back"
    ANSWER_BACK = "answer_back"
    DONE = "done"


TASK_ACTS: dict[TaskState, dict[TaskAct, TaskState]] = {
    TaskState.NEW: {
        TaskAct.TAKE: TaskState.TAKEN,
        TaskAct.GO_TO_SEAT: TaskState.AT_SEAT,
        TaskAct.ASK_BACK: TaskState.ASKED_BACK,
        TaskAct.DONE: TaskState.DONE,
    },
    TaskState.TAKEN: {
        TaskAct.GO_TO_SEAT: TaskState.AT_SEAT,
        TaskAct.ASK_BACK: TaskState.ASKED_BACK,
        TaskAct.DONE: TaskState.DONE,
    },
    TaskState.AT_SEAT: {TaskAct.ASK_BACK: TaskState.ASKED_BACK, TaskAct.DONE: TaskState.DONE},
    TaskState.ASKED_BACK: {TaskAct.ANSWER_BACK: TaskState.TAKEN, TaskAct.DONE: TaskState.DONE},
    TaskState.DONE: {},
    TaskState.CANCELLED: {},
}


class RulingKind(Enum):
    """What was decided about a procedure (決定の種類). Undone only by a later one."""

    GRANTED = "granted"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        """The word of the office."""
        return RULING_LABELS[self]

    @property
    def against(self) -> bool:
        """Whether it goes against whoever applied: then it has a reason and teaches how to object."""
        return self in (RulingKind.DISMISSED, RulingKind.REVOKED)

    @property
    def on_paper(self) -> bool:
        """Whether it is told by a result document."""
        return self is not RulingKind.WITHDRAWN


RULING_LABELS = {
    RulingKind.GRANTED: "承認",
    RulingKind.DISMISSED: "却下",
    RulingKind.WITHDRAWN: "取下げ済み",
    RulingKind.REVOKED: "決定の取消し",
}
# By the ruling in force, what may be decided next.
RULINGS_AFTER: dict[RulingKind | None, frozenset[RulingKind]] = {
    None: frozenset({RulingKind.GRANTED, RulingKind.DISMISSED, RulingKind.WITHDRAWN}),
    RulingKind.GRANTED: frozenset({RulingKind.GRANTED, RulingKind.DISMISSED, RulingKind.REVOKED}),
    RulingKind.DISMISSED: frozenset({RulingKind.GRANTED, RulingKind.DISMISSED, RulingKind.REVOKED}),
    RulingKind.WITHDRAWN: frozenset({RulingKind.GRANTED, RulingKind.DISMISSED, RulingKind.REVOKED}),
    RulingKind.REVOKED: frozenset({RulingKind.GRANTED, RulingKind.DISMISSED, RulingKind.WITHDRAWN}),
}


class Side(Enum):
    """Who wrote or read a message (やりとりの相手)."""

    OFFICE = "office"
    RESIDENT = "resident"


class MessageKind(Enum):
    """What a message is (やりとりの種類): a question that waits for an answer, an answer, or something told."""

    ASK = "ask"
    ANSWER = "answer"
    TELL = "tell"


class FactSource(Enum):
    """Where a fact of a case comes from (情報の出どころ)."""

    CERTIFICATE = "certificate"
    PASSPORT = "passport"
    REGISTER = "register"
    CARD = "card"
    SAID = "said"
    STAFF = "staff"
    DERIVED = "derived"
    PREPARED = "prepared"
    SIGN_IN = "sign_in"

    @property
    def label(self) -> str:
        return SOURCE_LABELS[self]


SOURCE_LABELS = {
    FactSource.CERTIFICATE: "転出証明書",
    FactSource.PASSPORT: "パスポート・在留カード",
    FactSource.REGISTER: "住民記録",
    FactSource.CARD: "カード",
    FactSource.SAID: "本人申告",
    FactSource.STAFF: "職員訂正",
    FactSource.DERIVED: "住所などから判断",
    FactSource.PREPARED: "ご本人が前もって入力",
    FactSource.SIGN_IN: "オンラインのサインイン",
}


class VisitorKind(Enum):
    """Who came to the counter (来た人)."""

    SELF = "self"
    HOUSEHOLD = "household"
    LEGAL = "legal"
    AGENT = "agent"
    MESSENGER = "messenger"

    @property
    def label(self) -> str:
        return VISITOR_LABELS[self][0]

    @property
    def hint(self) -> str:
        return VISITOR_LABELS[self][1]


VISITOR_LABELS = {
    VisitorKind.SELF: ("本人", "移る人のうちの一人"),
    VisitorKind.HOUSEHOLD: ("同じ世帯の人", "移らないが、同じ世帯の人"),
    VisitorKind.LEGAL: ("法定代理人", "親権者・成年後見人など。代理権の書類を確かめます"),
    VisitorKind.AGENT: ("任意代理人", "委任状を確かめます"),
    VisitorKind.MESSENGER: ("使者", "本人が決めて署名したものを届ける人。判断を要する手続きはできません"),
}
PROOF_NEEDED = {
    VisitorKind.LEGAL: "代理権を示す書類（戸籍、登記事項証明書など）",
    VisitorKind.AGENT: "委任状",
    VisitorKind.MESSENGER: "本人が署名した届書",
}


class IdentityDocument(Enum):
    """A document that proved who came (本人確認書類); with a photograph one is enough, without two are needed."""

    MY_NUMBER_CARD = "my_number_card"
    DRIVING_LICENCE = "driving_licence"
    PASSPORT = "passport"
    RESIDENCE_CARD = "residence_card"
    HEALTH_ELIGIBILITY = "health_eligibility"
    PENSION_BOOK = "pension_book"
    OTHER = "other"

    @property
    def label(self) -> str:
        return DOCUMENT_LABELS[self][0]

    @property
    def has_photograph(self) -> bool:
        return DOCUMENT_LABELS[self][1]


DOCUMENT_LABELS = {
    IdentityDocument.MY_NUMBER_CARD: ("マイナンバーカード", True),
    IdentityDocument.DRIVING_LICENCE: ("運転免許証", True),
    IdentityDocument.PASSPORT: ("旅券", True),
    IdentityDocument.RESIDENCE_CARD: ("在留カード・特別永住者証明書", True),
    IdentityDocument.HEALTH_ELIGIBILITY: ("資格確認書", False),
    IdentityDocument.PENSION_BOOK: ("年金手帳・基礎年金番号通知書", False),
    IdentityDocument.OTHER: ("その他（写真なし）", False),
}


def proves_identity(documents: frozenset[IdentityDocument]) -> bool:
    """One document with a photograph, or two without."""
    return any(document.has_photograph for document in documents) or len(documents) >= 2
