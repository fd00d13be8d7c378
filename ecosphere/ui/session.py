"""One reader's session: boot, the generation being served, role, language, theme."""

import gc
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import streamlit as st

from ecosphere import config
from ecosphere.charts.theme import PALETTES, Palette
from ecosphere.config import Config
from ecosphere.generations import Home
from ecosphere.model import Problem, Role
from ecosphere.source import Catalog, Source, open_source
from ecosphere.text import LANGUAGES, Text

SOURCES_KEPT = 3  # as many generations as stay on disk

# Streamlit repaints itself when the theme changes but runs no script: charts would keep old ink.
# And it adds a step to the history for every change of the codes in the address, two for a page:
# "Back" would seem to do nothing. With this it leads to the page before.
_WATCH = """
export default function({ parentElement, setStateValue }) {
  if (!Object.hasOwn(history, "pushState")) {
    history.pushState = (state, unused, url) => {
      const isSamePage = new URL(url, location.href).pathname === location.pathname;
      const step = isSamePage ? "replaceState" : "pushState";
      History.prototype[step].call(history, state, unused, url);
    };
  }
  const host = parentElement.host ?? parentElement;
  const page = () => getComputedStyle(host).getPropertyValue("--st-background-color").trim();
  let last = page();
  const timer = setInterval(() => {
    if (page() !== last) { last = page(); setStateValue("page", last); }
  }, 300);
  return () => clearInterval(timer);
}
"""


@st.cache_resource(show_spinner=False)
def boot() -> None:
    """Once per process, after the imports: what is loaded now need not be looked through again.

    Streamlit collects all garbage after every run, which costs 100 ms with our libraries loaded.
    """
    gc.collect()
    gc.freeze()


def home() -> Home:
    return Home(Path(os.environ.get("ECOSPHERE_HOME", ".ecosphere")))


def begin() -> Source:
    """Read which generation is served, once: the whole run asks that one."""
    st.session_state["generation"] = home().served()
    return source()


def source() -> Source:
    """The generation that was being served when this run began."""
    return _source(str(home().path), st.session_state["generation"])


def offered() -> Catalog:
    """What this reader may choose. Nothing, where settings are wrong: the page says so."""
    try:
        return source().offered(role())
    except Problem:
        return replace(source().catalog, attributes={}, places={})


def settings() -> Config:
    return config.load(home().path)


def role() -> Role:
    """Until there is sign-in everybody has the default role."""
    return settings().role(None)


def language() -> str:
    """The language chosen; on the first visit that of the link, else the browser's."""
    preferred = "zh" if (st.context.locale or "").lower().startswith("zh") else "en"
    chosen = st.session_state.get("lang") or st.query_params.get("lang")
    return chosen if chosen in LANGUAGES else preferred


def text() -> Text:
    return Text(language())


def palette() -> Palette:
    return PALETTES[st.context.theme.type or "light"]


def language_switch(on_change: Callable[[], None]) -> None:
    """English or 中文, at any time."""
    names = {"en": "English", "zh": "中文"}
    st.session_state.setdefault("lang", language())
    st.segmented_control(
        text()("app.language"),
        LANGUAGES,
        format_func=lambda code: names[code],
        key="lang",
        required=True,
        label_visibility="collapsed",
        width="stretch",
        persist_state="session",
        on_change=on_change,
    )


def watch_browser() -> None:
    """Run the script again when the theme changes; make "Back" lead to the page before."""
    watch = st.components.v2.component("browser_watch", html="<span></span>", js=_WATCH)
    watch(key="browser_watch", on_page_change=lambda: None, height=1)


@st.cache_resource(show_spinner=False, max_entries=SOURCES_KEPT)
def _source(home_path: str, number: int) -> Source:
    home = Home(Path(home_path))
    try:
        return open_source(home, number)
    except Exception as broken:  # a damaged file fails in as many ways as it has bytes
        others = [str(other) for other in home.numbers() if other != number]
        detail = broken.values.get("detail") if isinstance(broken, Problem) else None
        raise Problem(
            "generation_unreadable",
            number=number,
            home=home_path,
            others=", ".join(others) or "–",
            detail=detail or f"{type(broken).__name__}: {broken}".splitlines()[0],
        ) from broken
