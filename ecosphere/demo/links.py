"""Matches of scene users with customers: those the events show, and some they do not."""

import numpy as np
import polars as pl

from ecosphere.demo.arrays import NEVER, Ints
from ecosphere.demo.columns import dates, look_up, text
from ecosphere.demo.homes import SLOTS
from ecosphere.demo.past import Past, one_of

_BASES = ("login", "account_opening", "device", "union_id")
_SHOWN_SHARES = np.array([0.62, 0.25, 0.13, 0.0])
_HIDDEN_SHARES = np.array([0.0, 0.0, 0.4, 0.6])
_HIDDEN = 0.5  # so many for each later match, of scene users who have no event


def links_table(past: Past) -> pl.DataFrame:
    """The export: by partner and scene user."""
    late, hidden = np.flatnonzero(past.seen.late), _without_events(past)
    rng = past.rng("links", 1)
    code = np.concatenate([late, hidden])
    linked = past.firsts[0] + rng.integers(0, past.end // 86_400 - past.firsts[0], len(hidden))
    basis = [one_of(rng, _SHOWN_SHARES, len(late)), one_of(rng, _HIDDEN_SHARES, len(hidden))]
    person, slot = code // SLOTS, code % SLOTS
    partner = past.world.homes.partner[person, slot]
    table = pl.DataFrame(
        {
            "scene_user_id": look_up(past.ids.scene_user, code),
            "partner_id": text(past.world.partners.ids, partner),
            "customer_id": look_up(past.ids.customer, person),
            "linked_on": dates(np.concatenate([past.seen.first_both[late], linked])),
            "basis": text(_BASES, np.concatenate(basis)),
        }
    )
    return table.sort("partner_id", "scene_user_id")


def links_truth(past: Past) -> dict[str, object] | None:
    """How many of the matches the events show."""
    late, hidden = int(past.seen.late.sum()), len(_without_events(past))
    if not late:
        return None
    return {
        "note": "rows of identity_links: shown = linked_on is the day of the first event that"
        " carries both ids; not_shown = scene users without any event, so that no count of"
        " active people depends on them; everyone is counted, whatever their consent",
        "shown": late,
        "not_shown": hidden,
    }


def _without_events(past: Past) -> Ints:
    """Scene users of home partners whom no event names, registered with a partner that lives."""
    homes, partners = past.world.homes, past.world.partners
    silent = ~(past.seen.linked | past.seen.never)
    slot = np.arange(SLOTS)
    old = past.people.became < past.firsts[0]
    home = (slot > 0) & (slot <= homes.size[:, None]) & old[:, None]
    lives = (partners.ended == NEVER) & (partners.onboarded < past.firsts[0])
    able = np.flatnonzero(silent & (home & lives[homes.partner]).ravel())
    count = min(len(able), round(_HIDDEN * float(past.seen.late.sum())))
    chosen: Ints = np.sort(past.rng("links").permutation(able)[:count])
    return chosen
