"""A chart as a picture that stands alone: title, filters, notes and source are drawn inside it.

Text is drawn with the bundled fonts, so that a picture is the same on a machine without any.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from html import escape
from math import ceil
from pathlib import Path
from typing import Any

import vl_convert
from PIL import ImageFont

from ecosphere.charts.theme import FONT, Palette

FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
# A reader of the SVG file may not have our font; these come with the usual desktops.
FAMILIES = f"{FONT}, PingFang SC, Microsoft YaHei, sans-serif"
WIDTH = 880  # as wide as a chart on a page at 1,280 pixels
MARGIN = 16
# Chinese punctuation that may not begin a line, or end one; units that stay with their figure.
NO_START = "，。、；：！？）》」』】〉”’…—·％%,.;:!?)]}±–"
NO_END = "（《「『【〈“‘([{±"
UNITS = "万亿元户人台次笔家个年月日号倍"
WIDE = r"[\u2E80-\u9FFF\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFFEF]"
WORDS = re.compile(rf"{WIDE}\s*|(?:(?!{WIDE})\S)+\s*")


@dataclass(frozen=True)
class Frame:
    """The words around a chart. `chips` names the active filters, `notes` the annotations."""

    title: str
    subtitle: str = ""
    chips: str = ""
    notes: tuple[str, ...] = ()
    footer: str = ""


@dataclass(frozen=True)
class _Style:
    size: int
    color: str
    bold: bool = False
    before: int = 0  # air above the paragraph, in pixels

    @property
    def leading(self) -> int:
        return round(self.size * 1.45)


def png(
    spec: dict[str, Any], frame: Frame, palette: Palette, scale: float = 2, width: int = WIDTH
) -> bytes:
    """The picture in `scale` pixels per unit. `spec` is Vega-Lite with its rows inline."""
    return vl_convert.svg_to_png(svg(spec, frame, palette, width), scale=scale)


def pdf(spec: dict[str, Any], frame: Frame, palette: Palette, width: int = WIDTH) -> bytes:
    """The picture as one page, with its fonts inside."""
    return vl_convert.svg_to_pdf(svg(spec, frame, palette, width))


def svg(spec: dict[str, Any], frame: Frame, palette: Palette, width: int = WIDTH) -> str:
    """The picture as SVG, as high as its words and chart need."""
    _register_fonts()
    room = width - 2 * MARGIN
    ink, muted = palette.ink, palette.muted
    head = (
        (frame.title, _Style(16, ink, bold=True)),
        (frame.subtitle, _Style(12, muted, before=2)),
        (frame.chips, _Style(11, ink, before=4)),
    )
    foot = tuple((note, _Style(11, ink)) for note in frame.notes)
    foot += ((frame.footer, _Style(11, muted, before=4)),)
    above, y = _paragraphs(head, MARGIN, room)
    chart, chart_height = _placed(_draw(spec, room), y + 10, room)
    below, y = _paragraphs(foot, y + 10 + chart_height + 8, room)
    height = ceil(y + MARGIN)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="{FAMILIES}"><title>{escape(_line(frame.title))}</title>'
        f'<rect width="{width}" height="{height}" fill="{palette.page}"/>'
        f"{above}{chart}{below}</svg>"
    )


def wrap(text: str, size: float, room: float, bold: bool = False) -> list[str]:
    """The lines of a paragraph no wider than `room` pixels, broken as Chinese and English are."""
    lines: list[str] = []
    for piece in _pieces(_line(text)):
        if lines and measure((lines[-1] + piece).rstrip(), size, bold) <= room:
            lines[-1] += piece
        else:
            lines += _chopped(piece, size, room, bold)
    return [line.strip() for line in lines]


def measure(text: str, size: float, bold: bool = False) -> float:
    """The width of a line in pixels."""
    return _font(bold).getlength(text) * size / 100


def _draw(spec: dict[str, Any], room: int) -> str:
    """The chart alone, with a number for a width that was the screen's."""
    sized = dict(_plain(spec))
    if sized.get("width") == "container":
        sized |= {"width": room, "autosize": {"type": "fit", "contains": "padding"}}
    drawn = vl_convert.vegalite_to_svg(sized, allowed_base_urls=[])  # rows are inline: no requests
    return drawn.replace(f'font-family="{FONT}"', f'font-family="{FAMILIES}"')


def _placed(chart: str, y: float, room: int) -> tuple[str, float]:
    """The chart inside the picture at height `y`, made smaller if it is too wide; its height."""
    found = re.search(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"', chart)
    if found is None:
        raise ValueError("a drawn chart has no width and height: the SVG of vl-convert changed")
    width, height = (float(number) for number in found.groups())
    shrink = min(1.0, room / width)
    place = f'x="{MARGIN}" y="{y:g}" width="{width * shrink:g}" height="{height * shrink:g}"'
    start, end = found.span(1)[0] - len('width="'), found.span(2)[1] + 1
    return chart[:start] + place + chart[end:], height * shrink


def _paragraphs(
    paragraphs: tuple[tuple[str, _Style], ...], y: float, room: float
) -> tuple[str, float]:
    """Paragraphs below each other from height `y`, and the height where they end."""
    drawn = []
    for text, style in paragraphs:
        lines = wrap(text, style.size, room, style.bold)
        y += style.before if lines else 0
        for line in lines:
            y += style.leading
            drawn.append(_text(line, y - style.leading * 0.27, style))
    return "".join(drawn), y


def _text(line: str, baseline: float, style: _Style) -> str:
    weight = 700 if style.bold else 400
    return (
        f'<text x="{MARGIN}" y="{baseline:g}" font-size="{style.size}" font-weight="{weight}" '
        f'fill="{style.color}">{escape(line)}</text>'
    )


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


def _line(text: str) -> str:
    """One line of what XML may hold, with single spaces."""
    return " ".join(_plain(text).split())


def _plain(node: Any) -> Any:
    """The same without control characters, which XML forbids, and without direction overrides."""
    if isinstance(node, str):
        kept = (c for c in node if c in "\n\t" or unicodedata.category(c)[0] != "C")
        return node if node.isprintable() else "".join(kept)
    if isinstance(node, dict):
        return {_plain(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_plain(child) for child in node]
    return node


@cache
def _register_fonts() -> None:
    """vl-convert leaves out text for which it has no font, without a word: so we look first."""
    if not list(FONTS.glob("*.otf")):
        raise FileNotFoundError(f"no fonts in {FONTS}, expected *.otf. See assets/fonts/README.md")
    vl_convert.register_font_directory(str(FONTS))


@cache
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    name = "NotoSansSC-Bold.otf" if bold else "NotoSansSC-Regular.otf"
    return ImageFont.truetype(FONTS / name, size=100)
