"""The filter bar and its codes in the URL: short and stable, never labels, never ids of people."""

from collections.abc import Iterator, Mapping

import streamlit as st

from ecosphere.exhibit import value_label
from ecosphere.library import questions
from ecosphere.model import Filters, Month, Problem
from ecosphere.source import Attribute, Catalog
from ecosphere.text import LANGUAGES, Text, numbers
from ecosphere.ui.markup import plain

FINISHED_MONTHS_SHOWN = 13  # a year and the month a year ago
FILTERS_IN_SIGHT = 4  # the rest stands under "more filters"
WHO = "who."  # keys of widgets that choose people
OPTION = "option."  # keys of choices that stand on a chart


def read_link(catalog: Catalog) -> None:
    """Put the codes of the URL into the widgets, once, before they are drawn."""
    if "link_read" in st.session_state:
        return
    st.session_state["link_read"] = True
    known = _known(catalog)
    unknown = []
    for code in st.query_params:
        for value in st.query_params.get_all(code):
            if value in known.get(code, ()):
                _choose(code, value)
            else:
                unknown.append(f"{code}={value}")
    st.session_state["link_unknown"] = unknown


def write_link(catalog: Catalog) -> None:
    """Put what is chosen into the URL; what is as it is by default stays out."""
    first, last = _default_period(catalog)
    state = st.session_state
    chosen: dict[str, str | list[str]] = {"lang": state["lang"]} if state.get("lang") else {}
    if state.get("from") not in (None, str(first)):
        chosen["from"] = state["from"]
    if state.get("to") not in (None, str(last)):
        chosen["to"] = state["to"]
    # Always in one order: the same codes in another order would be one more step for "Back".
    for name in sorted(str(key) for key in state):
        value = state[name]
        if name.startswith(WHO) and value:
            chosen[name.removeprefix(WHO)] = list(value)
        elif name.startswith(OPTION) and value != _default_option(name.removeprefix(OPTION)):
            chosen[name.removeprefix(OPTION)] = value
    st.query_params.from_dict(chosen)


def keep() -> None:
    """Hold on to what is chosen while its labels change.

    The browser keeps labels, not codes, and sends them back with the next change: in another
    language the server would know none of them, and drop the filters without a word.
    """
    for key in list(st.session_state):
        if key in ("from", "to") or str(key).startswith(WHO):
            st.session_state[key] = st.session_state[key]


def unknown_in_link() -> Iterator[Problem]:
    """What the link asked for that is not known here: said once, never dropped in silence."""
    for code in st.session_state.pop("link_unknown", []):
        yield Problem("unknown_link", value=code)


def bar(catalog: Catalog, text: Text) -> None:
    """The filters, in the same order on every page."""
    _period(catalog, text)
    carried = [attribute for attribute in catalog.attributes.values() if attribute.is_carried]
    for attribute in carried[:FILTERS_IN_SIGHT]:
        _choice(catalog, attribute, text)
    if carried[FILTERS_IN_SIGHT:]:
        with st.expander(text("app.more_filters")):
            for attribute in carried[FILTERS_IN_SIGHT:]:
                _choice(catalog, attribute, text)


def chosen(catalog: Catalog) -> Filters:
    """What the bar says."""
    first, last = _default_period(catalog)
    who = {
        name: list(st.session_state.get(WHO + name) or [])
        for name, attribute in catalog.attributes.items()
        if attribute.is_carried
    }
    return Filters.of(
        who,
        first=Month.parse(st.session_state.get("from") or str(first)),
        last=Month.parse(st.session_state.get("to") or str(last)),
    )


def options() -> dict[str, str]:
    """The choices that stand on charts, by the name of the option."""
    return {
        str(key).removeprefix(OPTION): value
        for key, value in st.session_state.items()
        if str(key).startswith(OPTION) and value
    }


def option_control(name: str, values: list[str], text: Text) -> None:
    """One choice on a chart."""
    key = OPTION + name
    st.session_state.setdefault(key, values[0])
    st.segmented_control(
        text(f"options.{name}.label"),
        values,
        format_func=lambda value: text(f"options.{name}.{value}"),
        key=key,
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )


def _period(catalog: Catalog, text: Text) -> None:
    months = [str(month) for month in catalog.months]
    # One below the other: side by side, a Chinese month would be cut off.
    for key, default in zip(("from", "to"), _default_period(catalog), strict=True):
        st.session_state.setdefault(key, str(default))
        st.selectbox(
            text(f"app.{key}"),
            months,
            format_func=lambda month: numbers.month(month, text.language),
            key=key,
            persist_state="session",
        )


def _choice(catalog: Catalog, attribute: Attribute, text: Text) -> None:
    st.multiselect(
        plain(attribute.label[text.language]),
        list(attribute.values),
        format_func=lambda value: value_label(catalog.attributes, attribute.name, value, text),
        key=WHO + attribute.name,
        placeholder=text("app.all"),
        persist_state="session",
    )


def _default_period(catalog: Catalog) -> tuple[Month, Month]:
    """The last 13 finished months and the unfinished one."""
    months = catalog.months
    finished = [month for month in months if month.last_day <= catalog.as_of] or list(months)
    return finished[-FINISHED_MONTHS_SHOWN:][0], months[-1]


def _known(catalog: Catalog) -> Mapping[str, list[str]]:
    """Every code a link may hold, with its values."""
    months = [str(month) for month in catalog.months]
    who = {a.name: list(a.values) for a in catalog.attributes.values() if a.is_carried}
    choices = {
        name: list(values)
        for question in questions().values()
        for name, values in question.options.items()
        if question.needs.get(name, "") in {"", *catalog.columns}
    }
    return {**choices, **who, "lang": list(LANGUAGES), "from": months, "to": months}


def _choose(code: str, value: str) -> None:
    state = st.session_state
    if code in ("lang", "from", "to"):
        state[code] = value
    elif any(code in question.options for question in questions().values()):
        state[OPTION + code] = value
    else:
        state[WHO + code] = list(dict.fromkeys([*state.get(WHO + code, []), value]))


def _default_option(name: str) -> str:
    for question in questions().values():
        if name in question.options:
            return next(iter(question.options[name]))
    return ""
