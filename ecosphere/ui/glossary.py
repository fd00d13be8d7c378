"""Every measure: what it counts, in which unit, and the SQL that counts it."""

from collections.abc import Mapping

import streamlit as st

from ecosphere.library import Question
from ecosphere.text import Text
from ecosphere.ui.markup import note


def show(questions: Mapping[str, Question], text: Text) -> None:
    """The measures whose words hold what is searched for."""
    wanted = st.text_input(text("app.search"), key="glossary_search").strip().casefold()
    found = [one for one in questions.values() if wanted in _words(one, text).casefold()]
    if not found:
        note(text("glossary.nothing_found", value=wanted))
    for question in found:
        _entry(question, text)


def _entry(question: Question, text: Text) -> None:
    key = question.name.replace("/", ".")
    facts = {
        "unit": text(f"units.{question.unit}"),
        "kind": text(f"kinds.{question.kind}"),
        "grain": text("app.list").join(text(f"columns.{name}") for name in question.grain),
        "owner": text(f"owners.{question.owner}"),
        "page": text(f"pages.{question.stem}"),
    }
    with st.container(border=True, gap="xsmall"):
        st.subheader(text(f"{key}.title"), anchor=False)
        note(" · ".join(f"{text(f'app.{k}')}{text('app.colon')}{v}" for k, v in facts.items()))
        st.markdown(text(f"{key}.definition"))
        with st.expander(f"SQL · queries/metrics/{question.name}.sql"):
            st.code(question.sql.strip(), language="sql")


def _words(question: Question, text: Text) -> str:
    key = question.name.replace("/", ".")
    return f"{question.name} {text(f'{key}.title')} {text(f'{key}.definition')}"
