"""Invented names of common elements, with the characters that break software: 髙, 𠮷, 邊, 邉, 﨑, variation selectors."""

from __future__ import annotations

from random import Random

# (written, read). Elements are common; their combination is invented.
SURNAME_FIRST = [
    ("窓", "マド"), ("柏", "カシワ"), ("椋", "ムク"), ("霧", "キリ"), ("榊", "サカキ"), ("円", "ツブラ"), ("藤", "フジ"),
    ("北", "キタ"), ("朝", "アサ"), ("浅", "アサ"), ("星", "ホシ"), ("月", "ツキ"), ("波", "ナミ"), ("桐", "キリ"),
    ("萩", "ハギ"), ("若", "ワカ"), ("花", "ハナ"), ("雪", "ユキ"), ("岩", "イワ"), ("砂", "スナ"), ("滝", "タキ"),
    ("水", "ミズ"), ("春", "ハル"), ("秋", "アキ"), ("鳥", "トリ"), ("鹿", "シカ"), ("笹", "ササ"), ("杉", "スギ"),
    ("柳", "ヤナギ"), ("梅", "ウメ"), ("高", "タカ"), ("髙", "タカ"), ("吉", "ヨシ"), ("𠮷", "ヨシ"),
    ("葛\U000e0102", "クズ"), ("辻\U000e0102", "ツジ"), ("冨", "トミ"), ("德", "トク"),
]  # fmt: skip
SURNAME_SECOND = [
    ("沢", "サワ"), ("澤", "サワ"), ("原", "ハラ"), ("井", "イ"), ("倉", "クラ"), ("森", "モリ"), ("見", "ミ"), ("瀬", "セ"),
    ("野", "ノ"), ("島", "シマ"), ("嶋", "シマ"), ("塚", "ヅカ"), ("戸", "ド"), ("越", "ゴシ"), ("留", "ドメ"), ("崎", "サキ"),
    ("﨑", "サキ"), ("辺", "ベ"), ("邊", "ベ"), ("邉", "ベ"), ("浜", "ハマ"), ("濵", "ハマ"), ("根", "ネ"), ("尾", "オ"),
    ("木", "キ"), ("葉", "バ"), ("代", "シロ"), ("内", "ウチ"), ("城", "ジョウ"), ("屋", "ヤ"),
]  # fmt: skip
MALE_FIRST = [
    ("健", "ケン"), ("翔", "ショウ"), ("大", "ダイ"), ("悠", "ユウ"), ("直", "ナオ"), ("和", "カズ"), ("正", "マサ"),
    ("隆", "タカ"), ("陽", "ヨウ"), ("蓮", "レン"), ("誠", "マコト"), ("茂", "シゲ"), ("光", "ミツ"), ("清", "キヨ"),
]  # fmt: skip
MALE_SECOND = [
    ("太", "タ"),
    ("一", "イチ"),
    ("介", "スケ"),
    ("也", "ヤ"),
    ("人", "ト"),
    ("斗", "ト"),
    ("郎", "ロウ"),
    ("志", "シ"),
]
FEMALE_FIRST = [
    ("美", "ミ"), ("結", "ユ"), ("陽", "ハル"), ("紗", "サ"), ("千", "チ"), ("和", "カズ"), ("咲", "サキ"), ("由", "ユ"),
    ("真", "マ"), ("梨", "リ"), ("葵", "アオイ"), ("節", "セツ"), ("芳", "ヨシ"), ("彩", "アヤ"),
]  # fmt: skip
FEMALE_SECOND = [
    ("子", "コ"),
    ("菜", "ナ"),
    ("香", "カ"),
    ("江", "エ"),
    ("乃", "ノ"),
    ("恵", "エ"),
    ("代", "ヨ"),
    ("", ""),
]
LATIN = [
    "MARIVEL", "TUANH", "OLINDO", "SERAPHA", "KOJIRAN", "BANHUY", "DELOREN", "FATIMAH", "GRETELI", "HANSORO", "IGNACITA",
    "JOVELYN", "KRISHANU", "LUZMINDA", "MINHTAM", "NGOCLAN", "PRASANTI", "QUANGVI", "ROSALBA", "SUNIMA", "VANESSO",
    "DE OLIVARA", "DOS SANTELO", "NGUYENVA", "MC ARDELL", "O'BRANNEL", "XIULIAN", "BHATTARO",
]  # fmt: skip
LATIN_KANA = {
    "A": "ア", "B": "ブ", "C": "ク", "D": "ド", "E": "エ", "F": "フ", "G": "グ", "H": "ハ", "I": "イ", "J": "ジ", "K": "ク",
    "L": "ル", "M": "ム", "N": "ン", "O": "オ", "P": "プ", "Q": "ク", "R": "ル", "S": "ス", "T": "ト", "U": "ウ", "V": "ヴ",
    "W": "ワ", "X": "ク", "Y": "イ", "Z": "ズ", " ": "　",
}  # fmt: skip


def surname(random: Random) -> tuple[str, str]:
    """A written surname and its reading."""
    draw = random.random
    first = SURNAME_FIRST[int(draw() * len(SURNAME_FIRST))]
    second = SURNAME_SECOND[int(draw() * len(SURNAME_SECOND))]
    return first[0] + second[0], first[1] + second[1]


def given(sex: str, random: Random) -> tuple[str, str]:
    """A written given name and its reading."""
    draw = random.random
    firsts, seconds = (MALE_FIRST, MALE_SECOND) if sex == "male" else (FEMALE_FIRST, FEMALE_SECOND)
    first, second = firsts[int(draw() * len(firsts))], seconds[int(draw() * len(seconds))]
    return first[0] + second[0], first[1] + second[1]


def foreign(random: Random) -> tuple[str, str]:
    """A name in Latin letters with no 氏 and 名 to split, often longer than a form's box, and a reading of it."""
    draw = random.random
    parts = [LATIN[int(draw() * len(LATIN))] for _ in range(2 + int(draw() * 4))]
    name = " ".join(parts)
    return name, "".join(LATIN_KANA.get(letter, "") for letter in name)
