"""Words as lines: what one may hold, how wide it is in the bundled fonts, where it may break."""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from PIL import ImageFont

FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
FILES = {False: "NotoSansSC-Regular.otf", True: "NotoSansSC-Bold.otf"}  # by whether it is bold
MOST_SIGNS = 255  # of a property of an office file
# Chinese punctuation that may not begin a line, or end one; units that stay with their figure.
NO_START = "，。、；：！？）》」』】〉”’…—·％%,.;:!?)]}±–"
NO_END = "（《「『【〈“‘([{±†"
UNITS = "万亿元户人台次笔家个年月日号倍"
WIDE = r"[\u2E80-\u9FFF\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFFEF]"
WORDS = re.compile(rf"{WIDE}\s*|(?:(?!{WIDE})\S)+\s*")


def wrap(text: str, size: float, room: float, bold: bool = False) -> list[str]:
    """The lines of a paragraph no wider than `room` pixels, broken as Chinese and English are."""
    lines: list[str] = []
    for piece in _pieces(one_line(text)):
        if lines and measure((lines[-1] + piece).rstrip(), size, bold) <= room:
            lines[-1] += piece
        else:
            lines += _chopped(piece, size, room, bold)
    return [line.strip() for line in lines]


def measure(text: str, size: float, bold: bool = False) -> float:
    """The width of a line in pixels."""
    return _font(bold).getlength(text) * size / 100


def one_line(text: str) -> str:
    """One line of what XML may hold, with single spaces."""
    return " ".join(plain(text).split())


def short(text: str) -> str:
    """One line that fits into the properties of an office file."""
    return one_line(text)[:MOST_SIGNS]


def plain(node: Any) -> Any:
    """The same without control characters, which XML forbids, and without direction overrides."""
    if isinstance(node, str):
        kept = (c for c in node if c in "\n\t" or unicodedata.category(c)[0] != "C")
        return node if node.isprintable() else "".join(kept)
    if isinstance(node, dict):
        return {plain(key): plain(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [plain(child) for child in node]
    return node


def _pieces(text: str) -> list[str]:
    """What may not be broken: words, Chinese characters, and what must stay with either."""
    pieces: list[str] = []
    for word in WORDS.findall(text):
        if pieces and _stays(pieces[-1], word):
            pieces[-1] += word
        else:
            pieces.append(word)
    return pieces


def _stays(before: str, word: str) -> bool:
    """Whether a line may not break between the two."""
    last = before.rstrip()[-1:]
    number = last.isdigit() or last in "万亿"
    unit = word[0] in UNITS or word.startswith("pp")
    return word[0] in NO_START or last in NO_END or (number and unit)


def _chopped(piece: str, size: float, room: float, bold: bool) -> list[str]:
    """A piece that is wider than a line, cut where the line is full."""
    lines = [""]
    for character in piece:
        if lines[-1] and measure((lines[-1] + character).rstrip(), size, bold) > room:
            lines.append("")
        lines[-1] += character
    return lines


@cache
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / FILES[bold], size=100)
