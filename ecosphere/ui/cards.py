"""Cards of a page: the numbers a meeting begins with, side by side, below each other on a phone."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from ecosphere.exhibit import Card
from ecosphere.text import Text
from ecosphere.ui.markup import note, plain

# Better is blue, worse is orange, never green and red.
COLORS: dict[str, Literal["blue", "orange", "gray"]] = {
    "better": "blue",
    "worse": "orange",
    "plain": "gray",
}


def show(cards: list[Card], text: Text, link: Callable[[str, str], None]) -> None:
    """All cards; `link` draws a way to the page of a stem under these words."""
    for place, card in zip(st.columns(len(cards) or 1), cards, strict=False):
        with place, st.container(border=True, gap="xsmall", height="stretch"):
            st.metric(
                plain(card.label),
                card.value,
                plain(card.change) if card.change else None,
                delta_color=COLORS[card.tone],
                delta_arrow="up" if card.is_up else "down" if card.tone != "plain" else "off",
                help=plain(card.help),
            )
            for line in card.notes:
                note(line)
            if card.page:
                link(card.page, text("app.tell_more"))
