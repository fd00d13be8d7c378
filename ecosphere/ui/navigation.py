"""The frame around every page: language, filters, menu, and the page that was chosen."""

import streamlit as st

from ecosphere.config import ROOT
from ecosphere.model import Problem
from ecosphere.text import Text
from ecosphere.ui import cohort, exports, filters, session
from ecosphere.ui.markup import plain
from ecosphere.ui.page import explained

# Folder = menu section, file = page.
MENU = {
    "overview": ("summary", "branches"),
    "activity": ("active_users", "retention", "channels"),
    "operations": ("data_health", "exports", "glossary"),
}
HOME_PAGE = "summary"


def run() -> None:
    """Draw the frame, run the page, and write what is chosen into the URL."""
    session.boot()
    st.logo(str(ROOT / "assets" / "logo.svg"), icon_image=str(ROOT / "assets" / "icon.png"))
    try:
        session.begin()
    except Problem as missing:
        _nothing_to_serve(missing)
        return
    catalog = session.offered()
    filters.read_link(catalog)
    text = session.text()
    page = st.navigation(_menu(text), position="top")
    with st.sidebar:
        session.language_switch(on_change=filters.keep)
        filters.bar(catalog, text)
        if catalog.filterable:  # nothing is offered where settings are wrong
            cohort.control(catalog, text)
        session.watch_browser()
    if page.url_path:  # the start page has none; it redirects, and nobody would see what it says
        for problem in filters.unknown_in_link():
            st.warning(plain(text.problem(problem)))
    with explained(text):
        page.run()
    filters.write_link(catalog)


def _nothing_to_serve(problem: Problem) -> None:
    """Say what to do: any address leads to the page of exports."""
    text = session.text()
    name = text("app.name")
    known = [st.Page(lambda: None, title=name, url_path=stem) for stem in sum(MENU.values(), ())]
    start = st.Page(lambda: None, title=name, url_path="start", default=True)
    st.navigation([start, *known], position="hidden")
    with st.sidebar:
        session.language_switch(on_change=filters.keep)
        session.watch_browser()
    exports.show(problem)


def _menu(text: Text) -> dict[str, list[st.Page]]:
    """Sections and pages. The start page redirects: a default page would lose its own address."""
    pages = {
        stem: st.Page(
            ROOT / "pages" / section / f"{stem}.py", title=text(f"pages.{stem}"), url_path=stem
        )
        for section, stems in MENU.items()
        for stem in stems
    }
    start = st.Page(
        lambda: st.switch_page(pages[HOME_PAGE], query_params=st.query_params.to_dict()),
        title=text("app.name"),
        url_path="start",
        default=True,
        visibility="hidden",
    )
    menu = {
        text(f"sections.{section}"): [pages[stem] for stem in stems]
        for section, stems in MENU.items()
    }
    return {"": [start], **menu}
