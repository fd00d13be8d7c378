"""The filter bar and its codes in the URL: short and stable, never labels, never ids of people."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

import streamlit as st

from ecosphere.cohorts import parse
from ecosphere.exhibit import value_label
from ecosphere.library import COMPARE, SPLIT, questions
from ecosphere.model import Filters, Month, Problem
from ecosphere.source import Attribute, Catalog
from ecosphere.text import LANGUAGES, Text, numbers
from ecosphere.ui.markup import plain

FINISHED_MONTHS_SHOWN = 13  # a year and the month a year ago
FILTERS_IN_SIGHT = 4  # the rest stands under "more filters"
WHO = "who."  # keys of widgets that choose people, or places
BELOW = "below."  # keys of widgets that choose among the units below one
COHORT, LISTED = "cohort", "listed"  # keys of the text of a cohort, and of a list of people
OPTION = "option."  # keys of choices that stand on a chart, or in the bar for all charts
SPLIT_WIDTH = 240  # pixels: "by acquisition channel"


def read_link(catalog: Catalog) -> None:
    """Put the codes of the URL into the widgets, once, before they are drawn."""
    if "link_read" in st.session_state:
        return
    st.session_state["link_read"] = True
    known = _known(catalog)
    unknown = []
    for code in st.query_params:
        for value in st.query_params.get_all(code):
            if value in known.get(code, ()) or (code == COHORT and _canonical(value)):
                _choose(code, value)
            else:
                unknown.append(f"{code}={value}")
    st.session_state["link_unknown"] = unknown
    for attribute in catalog.attributes.values():
        _unfold(attribute)


def write_link(catalog: Catalog) -> None:
    """Put what is chosen into the URL; what is as it is by default stays out."""
    first, last = _default_period(catalog)
    state = st.session_state
    chosen: dict[str, str | list[str]] = {"lang": state["lang"]} if state.get("lang") else {}
    if state.get("from") not in (None, str(first)):
        chosen["from"] = state["from"]
    if state.get("to") not in (None, str(last)):
        chosen["to"] = state["to"]
    if cohort := _canonical(state.get(COHORT)):
        chosen[COHORT] = cohort
    # Always in one order: the same codes in another order would be one more step for "Back".
    for name in sorted(str(key) for key in state):
        default = _default_option(name.removeprefix(OPTION))
        if name.startswith(OPTION) and state[name] not in (None, default):
            chosen[name.removeprefix(OPTION)] = state[name]
    st.query_params.from_dict({**chosen, **dict(sorted(_who(catalog).items()))})


def keep() -> None:
    """Hold on to what is chosen while its labels change.

    The browser keeps labels, not codes, and sends them back with the next change: in another
    language the server would know none of them, and drop the filters without a word.
    """
    for key in list(st.session_state):
        if key in ("from", "to", COHORT, OPTION + COMPARE) or str(key).startswith((WHO, BELOW)):
            st.session_state[key] = st.session_state[key]


def unknown_in_link() -> Iterator[Problem]:
    """What the link asked for that is not known here: said once, never dropped in silence."""
    for code in st.session_state.pop("link_unknown", []):
        yield Problem("unknown_link", value=code)


def bar(catalog: Catalog, text: Text) -> None:
    """The filters, in the same order on every page."""
    _period(catalog, text)
    _comparison(text)
    attributes = list(catalog.attributes.values())
    for attribute in attributes[:FILTERS_IN_SIGHT]:
        _choices(catalog, attribute, text)
    if attributes[FILTERS_IN_SIGHT:]:
        with st.expander(text("app.more_filters")):
            for attribute in attributes[FILTERS_IN_SIGHT:]:
                _choices(catalog, attribute, text)
    places = [place for place in catalog.places.values() if place.is_told]
    if places:
        with st.expander(text("app.where"), expanded=any(_places(catalog))):
            for place in places:
                _choices(catalog, place, text)


def chosen(catalog: Catalog) -> Filters:
    """What the bar says."""
    first, last = _default_period(catalog)
    return Filters.of(
        _who(catalog),
        first=Month.parse(st.session_state.get("from") or str(first)),
        last=Month.parse(st.session_state.get("to") or str(last)),
        cohort=_canonical(st.session_state.get(COHORT)),
        listed=st.session_state.get(LISTED) or "",
    )


def options(catalog: Catalog) -> dict[str, str]:
    """The choices that stand on charts, by the name of the option."""
    found = {
        str(key).removeprefix(OPTION): value
        for key, value in st.session_state.items()
        if str(key).startswith(OPTION) and value
    }
    if found.get(SPLIT) not in catalog.attributes:
        found.pop(SPLIT, None)
    return found


def option_control(name: str, text: Text) -> None:
    """One choice on a chart."""
    key, values = OPTION + name, list(_values(name))
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


def split_control(chart: str, catalog: Catalog, text: Text, none: str) -> None:
    """The attribute that charts are split by: one choice, which stands on each of them. `none` is
    the key of what it is called that none is chosen."""
    if not catalog.attributes:
        return
    key, chosen = f"split.{chart}", st.session_state.get(OPTION + SPLIT, "")
    st.session_state[key] = chosen if chosen in catalog.attributes else ""
    st.selectbox(
        text("options.split.label"),
        ["", *catalog.attributes],
        format_func=lambda name: _split_by(catalog, name, text) if name else text(none),
        key=key,
        on_change=_split_all,
        args=(key,),
        label_visibility="collapsed",
        width=SPLIT_WIDTH,
    )


def _split_by(catalog: Catalog, name: str, text: Text) -> str:
    label = catalog.attributes[name].label[text.language]
    return text("options.split.by", attribute=label)


def _split_all(key: str) -> None:
    st.session_state[OPTION + SPLIT] = st.session_state[key] or ""


def _canonical(written: str | None) -> str:
    """The one text of a cohort; empty where it cannot be read, which the control says."""
    try:
        return str(parse(written)) if written else ""
    except Problem:
        return ""


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


def _comparison(text: Text) -> None:
    """The month that a month is compared with: one switch for all pages."""
    values = list(_values(COMPARE))
    st.session_state.setdefault(OPTION + COMPARE, values[0])
    st.selectbox(
        text(f"options.{COMPARE}.label"),
        values,
        format_func=lambda value: text(f"options.{COMPARE}.{value}"),
        key=OPTION + COMPARE,
        persist_state="session",
    )


def _choices(catalog: Catalog, attribute: Attribute, text: Text) -> None:
    """The values of an attribute; of a tree, level by level what stands below the one chosen."""
    for key, values, found in _levels(attribute):
        if st.session_state.get(key, found) != found:
            st.session_state[key] = found
        label, unit = attribute.label[text.language], key.removeprefix(BELOW)
        if unit != key:
            name = value_label(catalog.filterable, attribute.name, unit, text)
            label = text("app.below", unit=name)
        st.multiselect(
            plain(label),
            values,
            format_func=lambda value: value_label(catalog.filterable, attribute.name, value, text),
            key=key,
            placeholder=text("app.all"),
            persist_state="session",
        )


def _levels(attribute: Attribute) -> Iterator[tuple[str, list[str], list[str]]]:
    """Of each widget: key, values, and the chosen ones that this generation and role still know.

    Once one unit alone is chosen there is one more, for the units below it.
    """
    key, values = WHO + attribute.name, attribute.highest()
    while values:
        found = [value for value in st.session_state.get(key) or () if value in attribute.values]
        yield key, list(dict.fromkeys([*values, *found])), found
        if len(found) != 1:
            return
        key, values = BELOW + found[0], attribute.children(found[0])


def _who(catalog: Catalog) -> dict[str, list[str]]:
    """What is chosen of each attribute, and of places; of units the lowest."""
    return {
        name: found
        for name, attribute in catalog.filterable.items()
        for _, _, found in _levels(attribute)
        if found
    }


def _places(catalog: Catalog) -> Iterator[bool]:
    """Of each kind of place whether some are chosen: what is chosen is in sight."""
    for name in catalog.places:
        yield bool(st.session_state.get(WHO + name))


def _unfold(attribute: Attribute) -> None:
    """Put units of a link that stand below one unit into the widget below that one."""
    found = st.session_state.get(WHO + attribute.name) or []
    above = {attribute.values[value].above for value in found}
    parent = above.pop() if len(above) == 1 else None
    if parent is None or parent not in attribute.values:
        return
    path = attribute.path(parent)
    st.session_state[WHO + attribute.name] = path[:1]
    for unit, lower in pairwise(path):
        st.session_state[BELOW + unit] = [lower]
    st.session_state[BELOW + parent] = found


def _default_period(catalog: Catalog) -> tuple[Month, Month]:
    """The last 13 finished months and the unfinished one."""
    months = catalog.months
    finished = [month for month in months if month.last_day <= catalog.as_of] or list(months)
    return finished[-FINISHED_MONTHS_SHOWN:][0], months[-1]


def _known(catalog: Catalog) -> Mapping[str, list[str]]:
    """Every code a link may hold, with its values."""
    months = [str(month) for month in catalog.months]
    who = {name: list(attribute.values) for name, attribute in catalog.filterable.items()}
    choices = {
        name: list(values)
        for question in questions().values()
        for name, values in question.options.items()
        if question.needs.get(name, "") in {"", *catalog.columns}
    }
    choices[SPLIT] = list(catalog.attributes)
    return {**choices, **who, "lang": list(LANGUAGES), "from": months, "to": months}


def _choose(code: str, value: str) -> None:
    state = st.session_state
    if code in ("lang", "from", "to", COHORT):
        state[code] = value
    elif code == SPLIT or any(code in question.options for question in questions().values()):
        state[OPTION + code] = value
    else:
        state[WHO + code] = list(dict.fromkeys([*state.get(WHO + code, []), value]))


def _default_option(name: str) -> str:
    return next(iter(_values(name)), "")


def _values(option: str) -> Iterable[str]:
    """The values of an option, which are the same wherever it is offered."""
    return next((one.options[option] for one in questions().values() if option in one.options), ())
