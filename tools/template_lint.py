"""What a template may not do: carry style or script, load from outside, or say Japanese past the translators."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "src" / "madoguchi"
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
TRANSLATED = re.compile(
    r"{%\s*(?:translate|other_tongues)\s.*?%}|{%\s*blocktranslate.*?%}.*?{%\s*endblocktranslate\s*%}|_\(\".*?\"\)|{#.*?#}",
    re.S,
)
FORBIDDEN = (
    (re.compile(r"\sstyle="), "style= は使えません。madoguchi.css に書いてください。"),
    (re.compile(r"\son[a-z]+="), "on…= は使えません。data-属性と static の JavaScript を使ってください。"),
    # A block of JSON is data: the browser never runs it, and the CSP lets it be.
    (re.compile(r"<script(?![^>]*(?:\ssrc=|type=\"application/json\"))"), "中に書くscriptは使えません。"),
    (re.compile(r"<style"), "中に書くstyleは使えません。"),
    (re.compile(r"(?:src|href)=\"(?:https?:)?//"), "外部から読み込むものは使えません。"),
)


def faults(path: Path, *, root: Path | None = None) -> list[str]:
    """Sentences with line numbers for one template; its name is told from `root` (the product)."""
    text = path.read_text(encoding="utf-8")
    found = []
    for pattern, sentence in FORBIDDEN:
        found += [(text.count("\n", 0, match.start()) + 1, sentence) for match in pattern.finditer(text)]
    plain = TRANSLATED.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    found += [
        (
            plain.count("\n", 0, match.start()) + 1,
            "訳せない日本語があります。{% translate %} で囲んでください。",
        )
        for match in JAPANESE.finditer(plain)
    ]
    name = path.relative_to(root or ROOT)
    return [f"{name}:{line}: {sentence}" for line, sentence in dict(sorted(found)).items()]


def main() -> int:
    found = [fault for path in sorted(ROOT.rglob("*.html")) for fault in faults(path)]
    print("\n".join(found) if found else "templates: ok")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
