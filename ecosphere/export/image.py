"""A chart as a picture that stands alone: title, filters, notes and source are drawn inside it.

Text is drawn with the bundled fonts, so that a picture is the same on a machine without any.
"""

import base64
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from math import ceil
from typing import Any

import vl_convert
from fontTools import subset
from fontTools.ttLib import TTFont
from pypdf import PdfReader, PdfWriter

from ecosphere.charts.theme import FONT, PALETTES, Palette
from ecosphere.export.leaf import Leaf
from ecosphere.export.typeset import FILES, FONTS, one_line, plain, wrap

# What does not read fonts out of an SVG file takes these, which the usual desktops have.
FAMILIES = f"{FONT}, PingFang SC, Microsoft YaHei, sans-serif"
WIDTH = 880  # as wide as a chart on a page at 1,280 pixels
MARGIN = 16


@dataclass(frozen=True)
class Frame:
    """The words around a chart. `chips` names the active filters, `notes` the annotations.

    `state` says in the chart's place why there is none; `mark` is the level of the data, and who
    took the picture when.
    """

    title: str
    subtitle: str = ""
    chips: str = ""
    notes: tuple[str, ...] = ()
    footer: str = ""
    mark: str = ""
    state: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Style:
    size: int
    color: str
    bold: bool = False
    before: int = 0  # air above the paragraph, in pixels

    @property
    def leading(self) -> int:
        return round(self.size * 1.45)


def of(leaf: Leaf, kind: str) -> bytes:
    """An exhibit as "png", "svg" or "pdf"; always on light ground."""
    frame = Frame(
        leaf.title, leaf.subtitle, leaf.chips, leaf.notes, leaf.footer, leaf.mark, leaf.instead
    )
    return KINDS[kind](leaf.spec, frame, PALETTES["light"])


def png(
    spec: Mapping[str, Any] | None,
    frame: Frame,
    palette: Palette,
    scale: float = 2,
    width: int = WIDTH,
) -> bytes:
    """The picture in `scale` pixels per unit. `spec` is Vega-Lite with its rows inline; without
    one, the state of the frame is drawn."""
    return vl_convert.svg_to_png(svg(spec, frame, palette, width), scale=scale)


def pdf(
    spec: Mapping[str, Any] | None, frame: Frame, palette: Palette, width: int = WIDTH
) -> bytes:
    """The picture as one page, with its fonts inside."""
    return vl_convert.svg_to_pdf(svg(spec, frame, palette, width))


def svg(spec: Mapping[str, Any] | None, frame: Frame, palette: Palette, width: int = WIDTH) -> str:
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
    foot += ((frame.footer, _Style(11, muted, before=4)), (frame.mark, _Style(10, muted, before=2)))
    above, y = _paragraphs(head, MARGIN, room)
    if spec is None:
        state = tuple((line, _Style(13, ink, before=12)) for line in frame.state)
        chart, y = _paragraphs(state, y + 10, room)
    else:
        chart, chart_height = _placed(_draw(spec, room), y + 10, room)
        y += 10 + chart_height
    below, y = _paragraphs(foot, y + 8, room)
    height = ceil(y + MARGIN)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="{FAMILIES}"><title>{escape(one_line(frame.title))}</title>'
        f'<rect width="{width}" height="{height}" fill="{palette.page}"/>'
        f"{above}{chart}{below}</svg>"
    )


def with_fonts(drawn: str) -> str:
    """The same SVG with the letters that it uses inside it: it looks alike where it is opened."""
    letters = "".join(sorted(set(drawn)))
    faces = "".join(
        f'@font-face{{font-family:"{FONT}";font-weight:{weights};'
        f'src:url("data:font/otf;base64,{_letters(file, letters)}")}}'
        for weights, file in (("100 500", FILES[False]), ("600 900", FILES[True]))
    )
    head, title, rest = drawn.partition("<title>")
    return f"{head}<style>{faces}</style>{title}{rest}"


def bound(pages: Sequence[bytes], title: str) -> bytes:
    """PDF pages as one file; its title is told to screen readers."""
    writer = PdfWriter()
    for page in pages:
        writer.append(PdfReader(io.BytesIO(page)))
    writer.add_metadata({"/Title": one_line(title), "/Producer": "Ecosphere"})
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def _letters(file: str, letters: str) -> str:
    """The part of a font that draws these letters, in base64."""
    cutter = subset.Subsetter(subset.Options(notdef_outline=True, layout_features=[]))
    cutter.populate(text=letters)
    made = io.BytesIO()
    with TTFont(FONTS / file, lazy=True, recalcTimestamp=False) as font:
        cutter.subset(font)
        font.save(made)
    return base64.b64encode(made.getvalue()).decode("ascii")


def _draw(spec: Mapping[str, Any], room: int) -> str:
    """The chart alone, with a number for a width that was the screen's."""
    sized = dict(plain(spec))
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


@cache
def _register_fonts() -> None:
    """vl-convert leaves out text for which it has no font, without a word: so we look first."""
    if not list(FONTS.glob("*.otf")):
        raise FileNotFoundError(f"no fonts in {FONTS}, expected *.otf. See assets/fonts/README.md")
    vl_convert.register_font_directory(str(FONTS))


def _svg_file(spec: Mapping[str, Any] | None, frame: Frame, palette: Palette) -> bytes:
    return with_fonts(svg(spec, frame, palette)).encode("utf-8")


KINDS: Mapping[str, Callable[[Mapping[str, Any] | None, Frame, Palette], bytes]] = {
    "png": png,
    "svg": _svg_file,
    "pdf": pdf,
}
