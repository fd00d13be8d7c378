"""Controls that take exhibits away: one in any format, or those of a whole page in one file."""

import secrets
from functools import partial

import streamlit as st

from ecosphere.exhibit import Exhibit
from ecosphere.export import WRITERS, Taker, content, pool, ready
from ecosphere.model import Problem
from ecosphere.ui.markup import note

# Streamlit may give two files of equal length one address: a name nobody can guess keeps two
# readers' files apart.
GUESSES = 6  # bytes of it
MEGABYTE = 1_000_000


def downloads(exhibit: Exhibit, taker: Taker) -> None:
    """A button for each format; the file is made when it is asked for."""
    if not _can_leave(taker):
        return
    with st.container(horizontal=True, gap="xsmall"):
        for suffix, writer in WRITERS.items():
            st.download_button(
                _name(suffix),
                data=partial(content, suffix, [exhibit], taker, pool.each),
                file_name=file_name(exhibit.file_stem, suffix),
                mime=writer.mime,
                on_click="ignore",
                disabled=not taker.role.export,
                key=f"take_{exhibit.file_stem}_{suffix}",
            )


@st.fragment
def deck(exhibits: list[Exhibit], taker: Taker) -> None:
    """Every exhibit of the page in one file: made while a bar runs, then ready to be saved."""
    text = taker.text
    stem = exhibits[0].name.partition("/")[0]
    with st.popover(
        text("files.all"), type="secondary", key=f"deck_{stem}", on_change="rerun"
    ) as popover:
        if not popover.open or not _can_leave(taker):
            return
        note(text("files.deck"))
        with st.container(horizontal=True, gap="xsmall"):
            asked = [suffix for suffix, writer in WRITERS.items() if writer.is_many
                     and st.button(_name(suffix), key=f"deck_{stem}_{suffix}",
                                   disabled=not taker.role.export)]  # fmt: skip
        for suffix in asked:
            _made(suffix, exhibits, taker, stem)


def _made(suffix: str, exhibits: list[Exhibit], taker: Taker, stem: str) -> None:
    text = taker.text
    bar = st.progress(0.0)

    def step(done: int, total: int) -> None:
        bar.progress(done / total, text=text("files.writing", done=done, total=total - 1))

    try:
        made = content(suffix, exhibits, taker, pool.each, step)
    except Problem as problem:
        st.warning(text.problem(problem))
        return
    bar.empty()
    size = f"{len(made) / MEGABYTE:.1f} MB"
    st.download_button(
        text("files.save", format=_name(suffix), size=size),
        data=made,
        file_name=file_name(stem, suffix),
        mime=WRITERS[suffix].mime,
        on_click="ignore",
        type="primary",
        key=f"save_{stem}_{suffix}",
    )


def _can_leave(taker: Taker) -> bool:
    """Whether a file could be made now; if not, why stands in the menu."""
    try:
        ready(taker)
    except Problem as problem:
        note(taker.text.problem(problem))
        return False
    pool.warm()
    return True


def _name(suffix: str) -> str:
    return suffix.removeprefix(".").upper()


def file_name(stem: str, suffix: str) -> str:
    """A name for a file, with a part that nobody can guess."""
    return f"{stem}_{secrets.token_urlsafe(GUESSES)}{suffix}"
