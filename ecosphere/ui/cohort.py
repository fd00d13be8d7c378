"""People chosen by what they did and hold, or by a list of their numbers: a control of the bar."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from ecosphere.cohorts import parse, read_ids, sentence
from ecosphere.cohorts.terms import FORMS, Condition, Key
from ecosphere.exhibit import value_label
from ecosphere.model import Problem
from ecosphere.source import Catalog
from ecosphere.text import Text, numbers
from ecosphere.ui import filters, session
from ecosphere.ui.markup import note

JOINED = ("and", "or")
MOST_DAYS = 366
REFUSED = "cohort.refused"

Values = tuple[str, ...]


def control(catalog: Catalog, text: Text) -> None:
    """The cohort in words, and a form that adds one condition to it."""
    written = st.session_state.get(filters.COHORT)
    is_used = bool(written or st.session_state.get(filters.LISTED))
    with st.expander(text("cohort_form.title"), expanded=is_used):
        if written:
            note(_told(catalog, written, text))
            st.button(text("cohort_form.clear"), key="cohort.clear", on_click=_set, args=("",))
        _form(catalog, written or "", text)
        if _may_upload():
            _upload(text)


def _told(catalog: Catalog, written: str, text: Text) -> str:
    def word(kind: str, code: str) -> str:
        return value_label(catalog.named, kind, code, text)

    try:
        return sentence(parse(written), text, catalog.as_of, word)
    except Problem as problem:
        return text.problem(problem)


def _form(catalog: Catalog, written: str, text: Text) -> None:
    name = st.selectbox(
        text("cohort_form.condition"),
        list(FORMS),
        format_func=lambda name: text(f"cohort_form.{name}"),
        key="cohort.condition",
    )
    fields = {
        key: FIELDS[form.kind](catalog, f"cohort.{name}.{key}", form, text)
        for key, form in FORMS[name].items()
        if form.kind != "code" or catalog.named[key].is_told
    }
    is_not = st.checkbox(text("cohort_form.not"), key="cohort.not")
    told = tuple((key, values) for key, values in fields.items() if values)
    added = f"{'not ' if is_not else ''}{Condition(name, told)}"
    missing = any(f.required and not fields.get(key) for key, f in FORMS[name].items())
    for word in JOINED if written else ("add",):
        whole = added if word == "add" else f"({written}) {word} {added}"
        st.button(
            text(f"cohort_form.{word}"),
            key=f"cohort.{word}",
            on_click=_set,
            args=(whole,),
            disabled=missing,
        )


def _code(catalog: Catalog, key: str, form: Key, text: Text) -> Values:
    name = key.rpartition(".")[2]
    options = list(catalog.named[name].values)
    label, word = text(f"places.{name}"), partial(_word, catalog, name, text)
    every = text("app.all")
    if form.several:
        return tuple(st.multiselect(label, options, format_func=word, key=key, placeholder=every))
    return _one(
        st.selectbox(label, options, index=None, format_func=word, key=key, placeholder=every)
    )


def _month(catalog: Catalog, key: str, _: Key, text: Text) -> Values:
    months = [str(month) for month in catalog.months]
    return _one(
        st.selectbox(
            text(f"cohort_form.{key.rpartition('.')[2]}"),
            months,
            index=None,
            format_func=lambda month: numbers.month(month, text.language),
            key=key,
            placeholder=text("app.all"),
        )
    )


def _count(_: Catalog, key: str, form: Key, text: Text) -> Values:
    label = text(f"cohort_form.{key.rpartition('.')[2]}")
    return (str(st.number_input(label, 1, MOST_DAYS, int(form.default), key=key)),)


def _choice(_: Catalog, key: str, form: Key, text: Text) -> Values:
    name = key.rpartition(".")[2]
    words = "options.definition" if name == "definition" else "cohort_form"
    label = text("options.definition.label") if name == "definition" else text("cohort_form.moved")
    return _one(
        st.selectbox(label, form.values, format_func=lambda v: text(f"{words}.{v}"), key=key)
    )


FIELDS: dict[str, Callable[[Catalog, str, Key, Text], Values]] = {
    "code": _code,
    "month": _month,
    "count": _count,
    "choice": _choice,
}


def _one(value: str | None) -> Values:
    return () if value is None else (value,)


def _word(catalog: Catalog, name: str, text: Text, code: str) -> str:
    return value_label(catalog.named, name, code, text)


def _set(written: str) -> None:
    st.session_state[filters.COHORT] = str(parse(written)) if written else ""


def _upload(text: Text) -> None:
    st.file_uploader(
        text("cohort_form.file"), key="cohort.file", type=["csv", "txt"], on_change=_take
    )
    if problem := st.session_state.get(REFUSED):
        note(text.problem(problem))


def _take() -> None:
    """Hand the list to the generation that is served, and keep nothing but its key."""
    state = st.session_state
    state[filters.LISTED], state[REFUSED] = "", None
    if state["cohort.file"] is None:
        return
    try:
        ids = read_ids(state["cohort.file"].getvalue())
        state[filters.LISTED] = session.source().take(ids, session.role())
    except Problem as problem:
        state[REFUSED] = problem


def _may_upload() -> bool:
    try:
        return session.role().upload
    except Problem:  # settings are wrong: the page says so
        return False
