"""Who may take what, what is written down, and what happens when something fails."""

import hashlib
import io
import json
import re
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from pptx import Presentation
from pptx.util import Inches

from ecosphere.export import WRITERS, Taker, content, ready, write
from ecosphere.model import Filters, Problem, Role, StorageFailed
from ecosphere.source import Source
from ecosphere.text import Text
from tests.files.conftest import ANALYST, exhibits

WHO = "Ms. Li"


def zipped(name: str, inside: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr(name, inside)
    return file.getvalue()


NO_XML = zipped("[Content_Types].xml", b"<broken")


def taker(home: Path, role: Role = ANALYST) -> Taker:
    return Taker(WHO, role, Text("en"), home)


def record(home: Path) -> list[dict[str, object]]:
    path = home / "log" / "taken.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_file_has_a_line_with_its_hash(source: Source, home: Path) -> None:
    mau, growth, *_ = exhibits(source, "few", "en")
    made = content(".pptx", [mau, growth], taker(home))
    content(".csv", [mau], taker(home))
    deck, table = record(home)
    assert deck["sha256"] == hashlib.sha256(made).hexdigest()
    assert (deck["who"], deck["role"], deck["level"]) == (WHO, "analyst", 2)
    assert (deck["format"], table["format"]) == ("pptx", "csv")
    assert deck["exhibits"] == ["active_users/mau", "active_users/growth"]
    assert deck["rows"] == mau.table.table.height + growth.table.table.height
    assert deck["hidden"] == mau.table.hidden_cells + growth.table.hidden_cells > 0
    assert table["filters"][0]["who"] == {  # type: ignore[index]
        "acquisition_channel": ["referral"], "official_tier": ["affluent"], "segment": ["mass"],
    }  # fmt: skip


def test_what_a_role_is_restricted_to_is_told_beside_what_it_chose(
    source: Source, home: Path
) -> None:
    """Both may name one attribute."""
    mau = exhibits(source, "few", "en")[0]
    rows = (("segment", ("mass", "young")),)
    origin = replace(mau.table.origin, rows=rows)
    content(".csv", [replace(mau, table=replace(mau.table, origin=origin))], taker(home))
    told = record(home)[0]["filters"][0]  # type: ignore[index]
    assert told["rows"] == {"segment": ["mass", "young"]}
    assert told["who"]["segment"] == ["mass"]


def test_of_a_list_of_people_only_that_there_was_one(source: Source, home: Path) -> None:
    mau = exhibits(source, "whole", "en")[0]
    origin = replace(mau.table.origin, filters=Filters(listed="0123456789abcdef"))
    content(".csv", [replace(mau, table=replace(mau.table, origin=origin))], taker(home))
    assert record(home)[0]["filters"][0]["is_listed"] is True  # type: ignore[index]
    assert "0123456789abcdef" not in (home / "log" / "taken.jsonl").read_text("utf-8")


def test_lines_are_added_and_only_the_owner_reads_them(source: Source, home: Path) -> None:
    mau = exhibits(source, "whole", "en")[0]
    content(".csv", [mau], taker(home))
    path = home / "log" / "taken.jsonl"
    before = path.read_bytes()
    with path.open("ab") as torn:
        torn.write(b'{"at": "2026-')  # killed while writing
    content(".csv", [mau], taker(home))
    assert path.read_bytes().startswith(before + b'{"at": "2026-\n{')
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("suffix", WRITERS)
def test_without_a_record_nothing_leaves(source: Source, home: Path, suffix: str) -> None:
    home.mkdir()
    (home / "log").write_text("in the way of the folder", encoding="utf-8")
    mau = exhibits(source, "whole", "en")[0]
    with pytest.raises(StorageFailed, match="record"):
        write(home / f"mau{suffix}", [mau], taker(home), lambda done, total: None)
    assert not (home / f"mau{suffix}").exists()
    with pytest.raises(StorageFailed, match="record"):
        ready(taker(home))


def test_half_a_file_is_not_left_behind(source: Source, home: Path) -> None:
    """/dev/full takes no byte: a disk that is full."""
    mau = exhibits(source, "whole", "en")[0]
    link = home / "full.csv"
    home.mkdir()
    link.symlink_to("/dev/full")
    with pytest.raises(StorageFailed, match="storage"):
        write(link, [mau], taker(home), lambda done, total: None)
    assert not link.is_symlink()


def test_a_role_that_may_not_export_gets_nothing_and_no_line(source: Source, home: Path) -> None:
    mau = exhibits(source, "whole", "en")[0]
    for suffix in WRITERS:
        with pytest.raises(Problem, match="may_not_export"):
            content(suffix, [mau], taker(home, Role("data_engineer", export=False)))
    assert not (home / "log").exists()


@pytest.mark.parametrize("suffix", [".png", ".svg", ".csv"])
def test_a_format_for_one_refuses_several(source: Source, home: Path, suffix: str) -> None:
    with pytest.raises(Problem, match="one_exhibit") as refused:
        content(suffix, exhibits(source, "split", "en"), taker(home))
    assert refused.value.values["known"] == ".pptx, .pdf, .xlsx"


def test_exhibits_of_two_generations_are_no_file(source: Source, home: Path) -> None:
    mau, growth, *_ = exhibits(source, "whole", "en")
    later = replace(growth.table, origin=replace(growth.table.origin, generation=2))
    with pytest.raises(Problem, match="two_generations"):
        content(".pptx", [mau, replace(growth, table=later)], taker(home))


def test_files_say_level_name_and_time(source: Source, home: Path) -> None:
    home.mkdir()
    (home / "ecosphere.toml").write_text(
        '[files]\nlevel = 3\nlabel_en = "Board only"\n', encoding="utf-8"
    )
    drawn = content(".svg", exhibits(source, "whole", "en")[:1], taker(home)).decode()
    assert re.search(rf"Board only · data level 3 · {WHO} · \d+ \w{{3}} \d{{4}} \d\d:\d\d<", drawn)


# The bank's own template


def template(path: Path, *, title: bool = True) -> Path:
    """A narrow deck with a slide in it, as somebody gave it away."""
    deck = Presentation()
    deck.slide_width = Inches(10)
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Last month's secret"
    if not title:
        for layout in list(deck.slide_layouts)[:-1]:
            if layout not in [slide.slide_layout]:
                deck.slide_layouts.remove(layout)
        for place in list(slide.slide_layout.placeholders):
            if place.placeholder_format.type.name == "TITLE":
                place._element.getparent().remove(place._element)
        deck.slide_layouts[1].name = "Picture only"
        for place in list(deck.slide_layouts[1].placeholders):
            place._element.getparent().remove(place._element)
    deck.save(str(path))
    return path


def test_slides_stand_on_the_bank_s_template(source: Source, home: Path) -> None:
    home.mkdir()
    template(home / "bank.pptx")
    (home / "ecosphere.toml").write_text('[files]\ntemplate = "bank.pptx"\n', encoding="utf-8")
    shown = exhibits(source, "whole", "en")[:3]
    made = home / "made.pptx"
    write(made, shown, taker(home), lambda done, total: None)
    deck = Presentation(str(made))
    assert deck.slide_width == Inches(10)
    assert [slide.shapes.title.text_frame.text for slide in deck.slides] == [
        one.title for one in shown
    ]
    assert b"secret" not in made.read_bytes()
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height


@pytest.mark.parametrize("content_", [b"", b"no deck", b"PK\x03\x04 cut", NO_XML])
def test_a_template_that_cannot_be_read_is_a_problem(
    source: Source, home: Path, content_: bytes
) -> None:
    home.mkdir()
    (home / "bank.pptx").write_bytes(content_)
    (home / "ecosphere.toml").write_text('[files]\ntemplate = "bank.pptx"\n', encoding="utf-8")
    with pytest.raises(Problem, match="template_unreadable"):
        ready(taker(home))
    with pytest.raises(Problem, match="template_unreadable"):
        content(".pptx", exhibits(source, "whole", "en")[:1], taker(home))
    assert content(".csv", exhibits(source, "whole", "en")[:1], taker(home))


def test_a_template_without_the_layout_names_those_it_has(home: Path) -> None:
    home.mkdir()
    template(home / "bank.pptx", title=False)
    (home / "ecosphere.toml").write_text('[files]\ntemplate = "bank.pptx"\n', encoding="utf-8")
    with pytest.raises(Problem, match="template_layout") as refused:
        ready(taker(home))
    assert "Picture only" in str(refused.value.values["known"])
