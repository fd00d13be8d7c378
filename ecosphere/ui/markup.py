"""Words as Streamlit's markup."""

import re

import streamlit as st

SIGNS = frozenset("\\`*_[]<>#~$|:")
LINE_ENDS = str.maketrans("\r\n", "  ")
DOT = "\u00a0· "  # a line may end with the dot between two facts, but never begin with it
# An address becomes a link even where every sign is escaped; not with this in it, which has no
# width and allows no line break.
JOINER = "\u2060"
ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)


def plain(words: str) -> str:
    """Text as it is: names from exports and links must never become markup."""
    line = ADDRESS.sub(JOINER, words.translate(LINE_ENDS).replace(" · ", DOT))
    return "".join(f"\\{letter}" if letter in SIGNS else letter for letter in line)


def note(line: str) -> None:
    """Small muted text. Not st.caption: its opacity takes words below readable contrast."""
    st.markdown(f":small[:gray[{plain(line)}]]")
