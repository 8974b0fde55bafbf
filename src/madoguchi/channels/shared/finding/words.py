"""The words of finding out: events and people in plain words, and the pack's texts in the visitor's language where complete."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.cases.record import Record
from madoguchi.catalogue.queries import current_revision, pack_of
from madoguchi.channels.shared.languages import JAPANESE, Tongue, current, tag_of, tongues
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind
from madoguchi.procedures.translations import Language, language_of, missing, question_texts

EVENT_WORDS = {
    EventKind.move_in: (noop("引っ越してきた"), noop("ほかの市区町村から")),
    EventKind.move_within: (noop("市の中で引っ越した"), noop("同じ市の中の、別の家へ")),
    EventKind.move_out: (noop("引っ越していく"), noop("ほかの市区町村へ")),
    EventKind.birth: (noop("赤ちゃんが生まれた"), noop("出生の届出と、お子さんの手当など")),
    EventKind.death: (noop("ご家族が亡くなった"), noop("届出と、年金や保険、名義のこと")),
    EventKind.marriage: (noop("結婚する・した"), noop("氏名や世帯、保険が変わるとき")),
    EventKind.divorce: (noop("離婚する・した"), noop("氏名や世帯、お子さんのこと")),
    EventKind.move_in_abroad: (noop("国外から来た・帰ってきた"), noop("国外からの引越し")),
    EventKind.move_out_abroad: (noop("国外へ引っ越す"), noop("1年以上、国外に住むとき など")),
    EventKind.household_change: (noop("世帯を変える"), noop("分ける、一つにする、世帯主を替える")),
    EventKind.name_change: (noop("氏名が変わった"), noop("養子縁組、国籍、名の変更など")),
    EventKind.none: (noop("受けられるものを知りたい"), noop("引越しなどはないが、手当や手続きを調べたい")),
}
# As the register writes it, and as people say it.
RELATIONSHIPS = {
    "世帯主": noop("世帯主"), "妻": noop("妻"), "夫": noop("夫"), "子": noop("子"), "父": noop("父"), "母": noop("母"),
    "子の子": noop("孫"), "妻の父": noop("妻の父"), "妻の母": noop("妻の母"), "夫の父": noop("夫の父"),
    "夫の母": noop("夫の母"), "父の父": noop("父方の祖父"), "父の母": noop("父方の祖母"), "母の父": noop("母方の祖父"),
    "母の母": noop("母方の祖母"), "兄": noop("兄"), "姉": noop("姉"), "弟": noop("弟"), "妹": noop("妹"),
    "同居人": noop("同居人"),
}  # fmt: skip
OTHER = "other"
# Those that most households have: the first keys of the machine.
FIRST_RELATIONSHIPS = ("世帯主", "妻", "夫", "子", "父", "母", "子の子", OTHER)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a pack in the language of the page: its own when the whole hearing is there, else Japanese, marked."""

    pack: Pack
    language: Language | None

    def ask(self, japanese: str) -> str:
        """A text of the hearing: a question, why it is asked, an answer."""
        if self.language is not None and hearing_is_complete(self.pack, self.language):
            found = self.pack.translations[self.language.value].get(japanese)
            return found if found is not None else in_japanese(japanese)
        return in_japanese(japanese)


def texts_of(pack: Pack) -> Texts:
    """The texts in the language that is being spoken."""
    return Texts(pack, language_of(current()))


def spoken_here() -> tuple[Tongue, ...]:
    """The languages in which the whole hearing is there: only these are offered where questions are asked."""
    pack = pack_of(current_revision())
    return tuple(one for one in tongues() if _is_spoken_in(pack, one.code))


def is_spoken_here(code: str) -> bool:
    """Whether nothing of the hearing would stay Japanese in this language."""
    return language_of(code) is None or _is_spoken_in(pack_of(current_revision()), code)


def _is_spoken_in(pack: Pack, code: str) -> bool:
    language = language_of(code)
    return language is None or hearing_is_complete(pack, language)


@lru_cache(maxsize=64)
def hearing_is_complete(pack: Pack, language: Language) -> bool:
    """Whether every text of the hearing is there in the language: never half in Japanese."""
    return not missing(pack, language, question_texts(pack))


def in_japanese(text: str) -> str:
    """A text that stays Japanese, marked so on a page of another language."""
    if not text or tag_of(current()) == JAPANESE:
        return text
    return format_html('<span lang="ja">{}</span>', text)


def called(record: Record, ref: str, *, newborn: str = "") -> str:
    """Who is meant, without a name: 妻, 子（2人目）."""
    if ref and ref == newborn:
        return _("生まれた赤ちゃん")
    refs = [person.ref for person in record.people if person.ref != newborn]
    relationship = record.text("relationship", ref)
    alike = [one for one in refs if record.text("relationship", one) == relationship]
    word = _(RELATIONSHIPS[relationship]) if relationship in RELATIONSHIPS else _("そのほかの方")
    if len(alike) > 1 and ref in alike:
        return _("%(who)s（%(n)d人目）") % {"who": word, "n": alike.index(ref) + 1}
    return word
