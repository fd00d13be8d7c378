"""Pictures stand alone: all words inside, nothing clipped, the same with or without fonts."""

import io
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ecosphere.charts.theme import PALETTES, config
from ecosphere.export import image, typeset

ROOT = Path(__file__).resolve().parents[2]
LIGHT = PALETTES["light"]
SPEC: dict[str, Any] = {
    "width": "container",
    "height": 120,
    "background": "transparent",
    "data": {"values": [{"scene": "视频", "n": 384}, {"scene": "外卖 & <餐饮>", "n": 371}]},
    "mark": "bar",
    "encoding": {
        "x": {"field": "n", "type": "quantitative"},
        "y": {"field": "scene", "type": "nominal", "title": "场景"},
    },
    "config": config(LIGHT),
}
FRAME = image.Frame(
    title="10月月活124.3万户，较上月下降3.1%",
    subtitle="月活 · 人 · 全量统计",
    chips="已筛选：一线城市",
    notes=("① 3月：活动开始", "② 7月：新版发布"),
    footer="截至2026年11月21日 · 来源：events",
)
# Renders FRAME in a process of its own; its folder of fonts may have been hidden before.
ALONE = """
import sys
from tests.unit.test_image import FRAME, LIGHT, SPEC
from ecosphere.export import image
sys.stdout.buffer.write(image.png(SPEC, FRAME, LIGHT))
"""
HIDE = 'for d in /usr/share/fonts /usr/local/share/fonts; do [ ! -d "$d" ] || mount -t tmpfs none "$d"; done; exec "$@"'  # noqa: E501


def _texts(drawn: str) -> list[str]:
    root = ET.fromstring(drawn)  # noqa: S314 - our own output
    return ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


def _gray(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("L")


def _ink(title: str) -> int:
    """Dark pixels in the line of the title."""
    picture = _gray(image.png(SPEC, image.Frame(title), LIGHT, scale=1))
    return sum(picture.crop((0, 0, picture.width, 40)).histogram()[:128])


def test_all_words_are_in_the_picture_in_order() -> None:
    texts = _texts(image.svg(SPEC, FRAME, LIGHT))
    head = [FRAME.title, FRAME.subtitle, FRAME.chips]
    assert texts[:3] == head
    assert texts[-3:] == [*FRAME.notes, FRAME.footer]
    assert {"视频", "外卖 & <餐饮>", "场景"} <= set(texts)


def test_every_chinese_character_is_drawn() -> None:
    assert _ink("客户") > 100
    assert _ink("客户生态圈") > 1.8 * _ink("客户")


def test_only_the_bundled_fonts_are_used() -> None:
    """A PDF names the fonts it embeds: a glyph borrowed from the machine would show here."""
    pdf = image.pdf(SPEC, FRAME, LIGHT)
    fonts = set(re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([A-Za-z]+-[A-Za-z]+)", pdf))
    assert fonts == {b"NotoSansSC-Regular", b"NotoSansSC-Bold"}


def test_a_machine_without_fonts_draws_the_same_picture(tmp_path: Path) -> None:
    """vl-convert looks in fixed folders whatever FONTCONFIG_FILE says, so they are covered."""
    unshare = shutil.which("unshare")
    probe = [unshare or "", "-rm", "sh", "-c", HIDE, "sh", "true"]
    if unshare is None or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount in a namespace of its own")
    env = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [unshare, "-rm", "sh", "-c", HIDE, "sh", sys.executable, "-c", ALONE]
    run = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    assert run.stdout == image.png(SPEC, FRAME, LIGHT)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("width", [330, 880])
def test_nothing_is_clipped(name: str, width: int) -> None:
    palette = PALETTES[name]
    long = image.Frame(
        "长标题，" * 30 + "Word" * 40, "subtitle " * 60, "筛选" * 99, ("注" * 99,), "尾" * 99
    )
    picture = Image.open(io.BytesIO(image.png(SPEC, long, palette, width=width))).convert("RGB")
    assert picture.width == 2 * width
    page = tuple(int(palette.page[i : i + 2], 16) for i in (1, 3, 5))
    edge = image.MARGIN  # half the margin, in pixels of a doubled picture
    strips = [
        (0, 0, edge, picture.height),
        (picture.width - edge, 0, picture.width, picture.height),
    ]
    strips += [
        (0, 0, picture.width, edge),
        (0, picture.height - edge, picture.width, picture.height),
    ]
    for strip in strips:
        assert picture.crop(strip).getcolors() == [
            ((strip[2] - strip[0]) * (strip[3] - strip[1]), page)
        ]


def test_a_chart_too_wide_is_made_smaller_not_cut() -> None:
    drawn = image.svg({**SPEC, "width": 2000}, FRAME, LIGHT, width=500)
    inner = re.findall(r'<svg[^>]* x="16" y="[\d.]+" width="([\d.]+)"', drawn)
    assert [float(width) for width in inner] == [500 - 2 * image.MARGIN]


def test_titles_are_text_never_markup() -> None:
    title = "<script>alert('x')</script> & \"quotes\" 😀\x00\x1b\u202e \ud800 end\ufffe"
    drawn = image.svg(SPEC, image.Frame(title, notes=("]]>", "<!--")), LIGHT)
    texts = _texts(drawn)
    assert texts[0] == "<script>alert('x')</script> & \"quotes\" 😀 end"
    assert "<script" not in drawn
    assert {"]]>", "<!--"} <= set(texts)
    assert image.png(SPEC, image.Frame(title), LIGHT).startswith(b"\x89PNG")


def test_control_characters_in_the_rows_do_not_break_the_picture() -> None:
    spec = {**SPEC, "data": {"values": [{"scene": "视\x00频\x0b", "n": 1}]}}
    assert "视频" in _texts(image.svg(spec, FRAME, LIGHT))


def test_the_spec_is_not_changed() -> None:
    before = repr(SPEC)
    image.svg(SPEC, FRAME, LIGHT)
    assert repr(SPEC) == before


def test_rows_from_an_address_are_refused() -> None:
    spec = {**SPEC, "data": {"url": "http://127.0.0.1:9/rows.json"}}
    with pytest.raises(ValueError, match=r"127\.0\.0\.1"):
        image.svg(spec, FRAME, LIGHT)


def test_a_missing_font_is_an_error_not_a_blank(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(image, "FONTS", tmp_path)
    image._register_fonts.cache_clear()
    with pytest.raises(FileNotFoundError, match="expected"):
        image.svg(SPEC, FRAME, LIGHT)
    image._register_fonts.cache_clear()


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("下降最少，交易最多", 48, ["下降最", "少，交易", "最多"]),  # no comma begins a line
        ("（约3.9万人）", 60, ["（约", "3.9万人）"]),  # a number stays with its unit
        ("fell by 3.1 % only", 66, ["fell by", "3.1 % only"]),
        ("一 · 二 · 三", 42, ["一 ·", "二 · 三"]),  # the dot ends a line
        ("37 ± 4", 10, ["3", "7", "±", "4"]),  # nothing fits: cut, not clipped
        ("", 100, []),
    ],
)
def test_lines_break_as_a_reader_expects(text: str, room: float, lines: list[str]) -> None:
    assert typeset.wrap(text, 12, room) == lines


words = st.text(st.sampled_from("客户生态圈，。（）「」万 ab1.%·–W"), max_size=60)


@settings(deadline=None)
@given(words, st.integers(20, 200), st.booleans())
def test_wrapping_loses_no_character_and_no_line_is_too_wide(
    text: str, room: int, bold: bool
) -> None:
    lines = typeset.wrap(text, 12, room, bold)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(typeset.measure(line, 12, bold) <= room for line in lines)
