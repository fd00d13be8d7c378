"""The ground that slides stand on: our own, wide one, or the bank's."""

from dataclasses import dataclass
from typing import Any
from zipfile import BadZipFile

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PackageNotFoundError
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from ecosphere.model import Problem

WIDE, HIGH = Inches(13.333), Inches(7.5)
MARGIN = Inches(0.5)
# Both are on every office desktop in China; where they are not, the nearest takes their place.
LATIN, EAST_ASIAN = "Arial", "Microsoft YaHei"
# SyntaxError is that of XML.
UNREADABLE = (PackageNotFoundError, BadZipFile, KeyError, ValueError, OSError, SyntaxError)
POINT = 12_700  # EMU
TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
CONTENTS = (PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.CHART)


@dataclass(frozen=True)
class Box:
    """A place on a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Ground:
    """A presentation without slides; its layout has a title and a place for content."""

    deck: Any
    layout: Any

    def place(self) -> Box:
        """Where content stands."""
        content = next(p for p in self.layout.placeholders if _is(p, CONTENTS))
        return Box(content.left, content.top, content.width, content.height)


def opened(path: str) -> Ground:
    """The bank's own template. A Problem when it cannot be read, or has no layout with one title
    and one place for content."""
    try:
        deck = Presentation(path)
    except UNREADABLE as broken:
        raise Problem("template_unreadable", file=path, detail=str(broken)) from broken
    for layout in deck.slide_layouts:
        places = list(layout.placeholders)
        contents = [place for place in places if _is(place, CONTENTS)]
        if len(contents) == 1 and any(_is(place, TITLES) for place in places):
            _remove_slides(deck)
            return Ground(deck, layout)
    known = ", ".join(layout.name for layout in deck.slide_layouts)
    raise Problem("template_layout", file=path, known=known or "–")


def own() -> Ground:
    """White, 16:9, one layout: a title above, content below it."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDE, HIGH
    layout = deck.slide_layouts.get_by_name("Title and Content")
    for other in [one for one in deck.slide_layouts if one is not layout]:
        deck.slide_layouts.remove(other)
    for holder in (deck.slide_master, layout):
        _arrange(holder)
    _fonts(deck.slide_master)
    return Ground(deck, layout)


def ground(path: str) -> Ground:
    """The bank's template where there is one, else our own."""
    return opened(path) if path else own()


def rgb(color: str) -> RGBColor:
    """A colour as python-pptx takes it, from "#rrggbb"."""
    return RGBColor.from_string(color.lstrip("#").upper())


def _is(place: Any, kinds: tuple[Any, ...]) -> bool:
    return place.placeholder_format.type in kinds


def _arrange(holder: Any) -> None:
    """Title and content as wide as the slide; date and footer go, since slides bring their own."""
    width = WIDE - 2 * MARGIN
    for place in list(holder.placeholders):
        if _is(place, TITLES):
            _put(place, Box(MARGIN, Inches(0.35), width, Inches(0.85)))
            place.text_frame.paragraphs[0].font.size = Pt(24)
        elif _is(place, CONTENTS):
            _put(place, Box(MARGIN, Inches(1.2), width, Inches(5.95)))
        else:
            place._element.getparent().remove(place._element)
    for style in holder._element.iter(qn("p:titleStyle")):
        level = style.find(qn("a:lvl1pPr"))
        level.set("algn", "l")
        level.find(qn("a:defRPr")).set("sz", "2400")
        level.find(qn("a:defRPr")).set("b", "1")


def _put(place: Any, box: Box) -> None:
    place.left, place.top = Emu(box.left), Emu(box.top)
    place.width, place.height = Emu(box.width), Emu(box.height)


def _fonts(master: Any) -> None:
    """One family for titles and text; without an East-Asian one Chinese may become boxes."""
    part = next(rel.target_part for rel in master.part.rels.values() if "theme" in rel.reltype)
    theme = parse_xml(part.blob)
    for kind in ("majorFont", "minorFont"):
        font = next(theme.iter(qn(f"a:{kind}")))
        font.find(qn("a:latin")).set("typeface", LATIN)
        font.find(qn("a:ea")).set("typeface", EAST_ASIAN)
    part._blob = serialize_part_xml(theme)


def _remove_slides(deck: Any) -> None:
    """A template may be a deck that somebody gave: its slides are not ours to show."""
    ids = deck.slides._sldIdLst
    for slide in list(ids):
        deck.part.drop_rel(slide.get(qn("r:id")))
        ids.remove(slide)
