"""A page: open, measure, show. What a page draws is drawn here, the same way on every page."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from ecosphere.charts.theme import spec
from ecosphere.config import ROOT
from ecosphere.exhibit import Card, Exhibit, State, shown_table
from ecosphere.export import Taker
from ecosphere.library import SPLIT, question
from ecosphere.model import Filters, Problem, Released, Role
from ecosphere.source import Source
from ecosphere.text import Text
from ecosphere.ui import cards, files, filters, session
from ecosphere.ui.markup import note, plain

ICONS = {
    "empty": ":material/inbox:",
    "hidden": ":material/visibility_off:",
    "broken": ":material/error:",
}


@dataclass(frozen=True)
class Page:
    """One run of one page for one reader."""

    source: Source
    filters: Filters
    options: Mapping[str, str]
    role: Role
    text: Text

    def ask(self, name: str, **options: str) -> Released:
        """The released answer under the reader's filters and role."""
        return self.source.ask(name, self.filters, options, self.role)

    def headline(self, sentence: str) -> None:
        """The finding of the page, in one sentence."""
        st.header(plain(sentence), anchor=False)

    def cards(self, found: list[Card]) -> None:
        """The numbers a meeting begins with."""
        cards.show(found, self.text, _link)

    def show(self, exhibits: list[Exhibit]) -> None:
        """The first exhibit answers the page's question: full width, with the chips above it."""
        chips = dict.fromkeys(chip for exhibit in exhibits for chip in exhibit.chips)
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            with st.container(horizontal=True, gap="xsmall"):
                for chip in chips:
                    st.badge(plain(chip), color="gray")
            if len(exhibits) > 1:
                with st.container(width="content"):
                    files.deck(exhibits, self._taker())
        for exhibit in exhibits:
            self._exhibit(exhibit)

    def _exhibit(self, exhibit: Exhibit) -> None:
        with st.container(border=True, gap="xsmall", key=f"exhibit_{exhibit.file_stem}"):
            with st.container(horizontal=True, vertical_alignment="top", wrap=False, gap="xsmall"):
                with st.container(gap="xxsmall"):
                    st.subheader(plain(exhibit.title), anchor=False)
                    note(exhibit.subtitle)
                with st.container(width="content"):
                    _menu(exhibit, self._taker())
            self._choices(exhibit)
            _body(exhibit)
            if exhibit.notes and not isinstance(exhibit.chart, State):
                note("\u3000".join(exhibit.notes))
            note(exhibit.footer)

    def _taker(self) -> Taker:
        """Until there is sign-in a reader has no name but that of the role."""
        return Taker(self.role.name, self.role, self.text, session.home().path)

    def _choices(self, exhibit: Exhibit) -> None:
        """Side by side, and below each other on a phone: a row would be cut off there."""
        number = len(exhibit.choices)
        places = st.columns(number, vertical_alignment="center") if number > 1 else [st.container()]
        for place, name in zip(places, exhibit.choices, strict=False):
            with place:
                self._choice(exhibit, name)

    def _choice(self, exhibit: Exhibit, name: str) -> None:
        """A choice that stands on a chart, as far as this generation has what it needs."""
        asked = question(exhibit.name)
        if name == SPLIT:
            none = "options.split.usual" if asked.by else "options.split.none"
            filters.split_control(exhibit.file_stem, session.offered(), self.text, none)
            return
        needed = asked.needs.get(name)
        if needed is None or needed in self.source.catalog.columns:
            filters.option_control(name, self.text)


def open_page(stem: str) -> Page:
    """The page's title, and everything a reader has chosen."""
    text = session.text()
    st.title(text(f"pages.{stem}"), anchor=False)
    chosen = filters.chosen(session.offered())
    options = filters.options(session.offered())
    return Page(session.source(), chosen, options, session.role(), text)


@contextmanager
def explained(text: Text) -> Iterator[None]:
    """A Problem of the page becomes a sentence in its place; everything else is a fault of ours."""
    try:
        yield
    except Problem as problem:
        state(State("broken", text("states.broken_title"), text.problem(problem)))


def _link(stem: str, words: str) -> None:
    """A way to another page; what is chosen stays chosen."""
    (path,) = ROOT.glob(f"pages/*/{stem}.py")
    st.page_link(st.Page(path, title=words, url_path=stem), icon=":material/arrow_forward:")


def state(found: State) -> None:
    """Empty, hidden or broken: three different sentences, in one line in the place of a chart."""
    title, fix = plain(found.title), plain(found.fix)
    st.markdown(f"{ICONS[found.kind]} **{title}** :small[:gray[{fix}]]")


def _body(exhibit: Exhibit) -> None:
    if isinstance(exhibit.chart, State):
        state(exhibit.chart)
        return
    palette = session.palette()
    st.vega_lite_chart(
        spec=spec(exhibit.chart.draw(palette), palette, exhibit.height),
        theme=None,
        width="stretch",
        key=f"chart_{exhibit.file_stem}",
        alt=exhibit.alt,
    )


@st.fragment
def _menu(exhibit: Exhibit, taker: Taker) -> None:
    """Take it away, or look behind it. Built when opened; a fragment, so the page does not grey."""
    text = taker.text
    with st.popover(
        text("app.export"),  # a word: an icon alone is read out by its English name
        type="secondary",
        key=f"menu_{exhibit.file_stem}",
        on_change="rerun",
    ) as popover:
        if popover.open:
            files.downloads(exhibit, taker)
            note(text("app.look_behind"))
            _behind(exhibit, text)
    if part := st.session_state.pop(f"behind_{exhibit.file_stem}", None):
        st.dialog(plain(exhibit.title), width="large")(BEHIND[part])(exhibit, text)


def _behind(exhibit: Exhibit, text: Text) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        for part in BEHIND:
            st.button(
                text(f"app.{part}"),
                key=f"{part}_{exhibit.file_stem}",
                on_click=_look,
                args=(exhibit.file_stem, part),
            )


def _look(stem: str, part: str) -> None:
    """Close the menu, which would lie over the dialog, and open the dialog."""
    st.session_state[f"menu_{stem}"] = False
    st.session_state[f"behind_{stem}"] = part


def _table(exhibit: Exhibit, text: Text) -> None:
    table = shown_table(exhibit.table, text, exhibit.words)
    right = {name: st.column_config.TextColumn(alignment="right") for name in table.columns[1:]}
    st.dataframe(table, hide_index=True, column_config=right, alt=exhibit.title)
    note(exhibit.footer)


def _definition(exhibit: Exhibit, text: Text) -> None:
    asked = question(exhibit.name)
    st.markdown(plain(text(f"{exhibit.name.replace('/', '.')}.definition")))
    kind = f"{text('app.kind')}{text('app.colon')}{text(f'kinds.{asked.kind}')}"
    unit = f"{text('app.unit')}{text('app.colon')}{text(f'units.{asked.unit}')}"
    note(f"{unit} · {kind} · {exhibit.footer}")


def _sql(exhibit: Exhibit, text: Text) -> None:
    origin = exhibit.table.origin
    st.code(origin.sql, language="sql", height=420)
    note(text("app.parameters"))
    st.json({key: str(value) for key, value in origin.params.items()})
    note(exhibit.footer)


BEHIND = {"table": _table, "definition": _definition, "sql": _sql}
