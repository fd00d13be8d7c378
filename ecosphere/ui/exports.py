"""Before a build: what Ecosphere needs, the contract of each export, and the bank's own files."""

from collections.abc import Callable, Mapping
from functools import partial

import polars as pl
import streamlit as st

from ecosphere.contract import Contract, contracts
from ecosphere.delivery import guide
from ecosphere.exhibit import State
from ecosphere.model import Problem
from ecosphere.text import Text
from ecosphere.ui import session
from ecosphere.ui.check import own_files
from ecosphere.ui.markup import note, plain
from ecosphere.ui.page import state

FILES: Mapping[str, tuple[Callable[..., str | bytes], str, str]] = {
    "Markdown": (guide.as_markdown, ".md", "text/markdown"),
    "CSV": (guide.as_csv, ".csv", "text/csv"),
}
FIRST_BUILD = "no_generation"  # the one reason for serving nothing that is no fault
REFERENCE, TIME = 190, 150  # pixels that the longest reference and a time take


def show(missing: Problem | None = None) -> None:
    """The whole page. `missing` is why nothing is served, where nothing is."""
    text = session.text()
    st.title(text("pages.exports"), anchor=False)
    is_first = missing is not None and missing.key == FIRST_BUILD
    st.header(text("delivery.headline_first" if is_first else "delivery.headline"), anchor=False)
    if missing and not is_first:
        state(State("broken", text("states.nothing_served"), text.problem(missing)))
    _needs(text)
    _contract(text)
    own_files(text)


def _needs(text: Text) -> None:
    """Every export: what one row is, whether it is needed, and what it lights up."""
    needed = [contract for contract in contracts().values() if contract.required]
    others = [contract for contract in contracts().values() if not contract.required]
    with st.container(border=True, gap="xsmall"):
        st.subheader(text("delivery.needs"), anchor=False)
        note(text("delivery.enough"))
        for contract in needed:
            _told(contract, text)
        with st.expander(text("delivery.others", count=len(others))):
            for contract in others:
                _told(contract, text)


def _told(contract: Contract, text: Text) -> None:
    with st.container(gap="xxsmall"):
        st.markdown(f"**{plain(_named(contract.name, text))}**")
        note(guide.told(contract, text))


def _contract(text: Text) -> None:
    """The columns of one export, and the contracts of all to take away."""
    with st.container(border=True, gap="xsmall"):
        st.subheader(text("delivery.contract"), anchor=False)
        note(text("delivery.files"))
        note(text("delivery.personal"))
        name = st.selectbox(
            text("delivery.export"),
            list(contracts()),
            format_func=partial(_named, text=text),
            key="delivery_export",
            persist_state="session",
        )
        _columns(contracts()[name], text)
        _downloads(text)


def _columns(contract: Contract, text: Text) -> None:
    """A table of short cells; codes stand below it in full, since a cell would cut them off."""
    rows = pl.DataFrame([guide.facts(contract, column, text) for column in contract.columns])
    names = {name: text(f"delivery.{name}") for name in guide.FACTS if name != "allowed"}
    shown = rows.select(*names).rename(names)
    config = {
        names["refers_to"]: st.column_config.TextColumn(width=REFERENCE),
        names["example"]: st.column_config.TextColumn(width=TIME),
        names["key"]: st.column_config.TextColumn(width="small"),
        names["type"]: st.column_config.TextColumn(width="small"),
    }
    st.dataframe(
        shown,
        hide_index=True,
        height="content",
        column_config=config,
        alt=_named(contract.name, text),
    )
    for name, allowed in rows.filter(pl.col("allowed") != "").select("column", "allowed").rows():
        note(text("delivery.allowed_in", column=name, allowed=allowed))


def _downloads(text: Text) -> None:
    """Nothing of people is in these files, so every role may take them."""
    with st.container(horizontal=True, gap="xsmall"):
        for kind, (written, suffix, mime) in FILES.items():
            st.download_button(
                text("delivery.take", kind=kind),
                data=partial(written, list(contracts().values()), text),
                file_name=f"ecosphere_exports{suffix}",
                mime=mime,
                on_click="ignore",
                key=f"take_{kind}",
            )


def _named(name: str, text: Text) -> str:
    label = text(f"exports.{name}")
    return name if label.replace(" ", "_") == name else f"{name} · {label}"
