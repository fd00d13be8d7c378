"""Slides whose charts can be edited: the finding as title, the chart, its source, and in the notes
what stands behind it."""

import io
from collections.abc import Sequence
from typing import Any

from pptx.enum.text import MSO_ANCHOR
from pptx.util import Emu, Pt

from ecosphere.charts.theme import PALETTES
from ecosphere.export import cells, image, plots, template
from ecosphere.export.leaf import Leaf, facts
from ecosphere.export.template import POINT, Box, Ground, rgb
from ecosphere.export.typeset import one_line, plain, short, wrap
from ecosphere.native import Grid, Plot

LIGHT = PALETTES["light"]
LEADING = 1.35  # of a line to the size of its letters
TITLES = (24, 20, 17)  # points: the largest in which a title takes two lines at most
PICTURE_SCALE = 3  # sharp on a projector
GAP = 0.08 * 72 * POINT  # a twelfth of an inch

Line = tuple[str, int, str]  # words, points, colour


def picture(leaf: Leaf) -> bytes:
    """The chart as a picture, where PowerPoint has no such chart; else nothing."""
    if leaf.native is not None or leaf.spec is None:
        return b""
    return image.png(leaf.spec, image.Frame(""), LIGHT, PICTURE_SCALE)


def deck(leaves: Sequence[Leaf], pictures: Sequence[bytes], path: str) -> bytes:
    """One slide for each exhibit, on the template at `path` or on our own.

    A Problem when the template cannot be read or lacks a layout with a title and a content.
    """
    ground = template.ground(path)
    for leaf, drawn in zip(leaves, pictures, strict=True):
        _slide(ground, leaf, drawn)
    core = ground.deck.core_properties
    core.title, core.author = (short(words) for words in (leaves[0].title, leaves[0].stamp.who))
    core.comments, core.last_modified_by = short(leaves[0].mark), core.author
    file = io.BytesIO()
    ground.deck.save(file)
    return file.getvalue()


def _slide(ground: Ground, leaf: Leaf, drawn: bytes) -> None:
    slide = ground.deck.slides.add_slide(ground.layout)
    _title(slide.shapes.title, leaf.title)
    for place in list(slide.placeholders):
        if place != slide.shapes.title:  # what is left empty says "Click to add text"
            place._element.getparent().remove(place._element)
    room = ground.place()
    head = [(leaf.subtitle, 13, LIGHT.muted), (leaf.chips, 11, LIGHT.ink)]
    foot = [("\u3000".join(leaf.notes), 11, LIGHT.ink), (leaf.footer, 10, LIGHT.muted),
            (leaf.mark, 9, LIGHT.muted)]  # fmt: skip
    above = _words(slide, head, room, at_end=False)
    below = _words(slide, foot, room, at_end=True)
    middle = Box(room.left, room.top + above, room.width, room.height - above - below)
    frame = _content(slide, leaf, drawn, middle)
    frame._element._nvXxPr.cNvPr.set("descr", one_line(leaf.alt))
    told = (f"{name}: {value}" for name, value in facts(leaf).items())
    slide.notes_slide.notes_text_frame.text = plain("\n\n".join(told))


def _content(slide: Any, leaf: Leaf, drawn: bytes, box: Box) -> Any:
    """The chart, the table, the picture, or why there is none; what carries the alt text."""
    if isinstance(leaf.native, Plot):
        return plots.add(slide, leaf.native, box, leaf.text.language)
    if isinstance(leaf.native, Grid):
        return cells.add(slide, leaf.native, box)
    if drawn:
        return _picture(slide, drawn, box)
    lines = [(line, 16, LIGHT.ink) for line in leaf.instead]
    return _box(slide, lines, box)


def _picture(slide: Any, drawn: bytes, box: Box) -> Any:
    """As large as the place allows, in the middle of it."""
    shape = slide.shapes.add_picture(io.BytesIO(drawn), box.left, box.top)
    scale = min(box.width / shape.width, box.height / shape.height)
    shape.width, shape.height = Emu(int(shape.width * scale)), Emu(int(shape.height * scale))
    shape.left = Emu(box.left + (box.width - shape.width) // 2)
    return shape


def _title(shape: Any, title: str) -> None:
    words = one_line(title)
    room = shape.width / POINT - 16
    size = next((s for s in TITLES if len(wrap(words, s, room, bold=True)) <= 2), TITLES[-1])
    shape.text_frame.text = words
    shape.text_frame.word_wrap, shape.text_frame.margin_left = True, 0
    shape.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
    if size != TITLES[0]:  # else as large as the template has it
        shape.text_frame.paragraphs[0].font.size = Pt(size)


def _words(slide: Any, lines: Sequence[Line], room: Box, *, at_end: bool) -> int:
    """Paragraphs at the top or the bottom of the room; how much of it they take."""
    shown = [line for line in lines if line[0]]
    if not shown:
        return 0
    width = room.width / POINT
    heights = [len(wrap(words, size, width)) * size * LEADING for words, size, _ in shown]
    height = int(sum(heights) * POINT + GAP)
    top = room.top + room.height - height if at_end else room.top
    _box(slide, shown, Box(room.left, top, room.width, height))
    return height


def _box(slide: Any, lines: Sequence[Line], box: Box) -> Any:
    shape = slide.shapes.add_textbox(box.left, box.top, box.width, box.height)
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for paragraph, (words, size, color) in zip(_paragraphs(frame, len(lines)), lines, strict=True):
        run = paragraph.add_run()
        run.text = one_line(words)
        run.font.size, run.font.color.rgb = Pt(size), rgb(color)
    return shape


def _paragraphs(frame: Any, count: int) -> list[Any]:
    return [frame.paragraphs[0], *(frame.add_paragraph() for _ in range(count - 1))]
