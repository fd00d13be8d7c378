"""What partners cost: fees by use, subsidies and coupons by campaign, technology."""

import numpy as np
import polars as pl

from ecosphere.demo.arrays import Floats, day_number
from ecosphere.demo.columns import text
from ecosphere.demo.homes import SLOTS
from ecosphere.demo.partners import OWN_APPS
from ecosphere.demo.past import Past

_KINDS = ("fee", "subsidy", "coupon", "technology")
_PER_USER = np.array([1.6, 0.9, 0.5, 0.0])  # yuan a month
_FIXED = np.array([200.0, 0.0, 0.0, 300.0])
_CAMPAIGN = np.array([1.0, 2.0, 6.0, 1.0])
_OWN_APPS = np.array([0.0, 0.0, 0.0, 4_000.0])


def costs_table(past: Past) -> pl.DataFrame:
    """The export: months that are over, while the partner lives."""
    months = range(past.over + 1)
    amount = np.stack([_month(past, month) for month in months])
    partner, month, kind = np.nonzero(amount.transpose(1, 0, 2) > 0)
    return pl.DataFrame(
        {
            "partner_id": text(past.world.partners.ids, partner),
            "month": pl.Series([past.window.firsts[m] for m in months]).gather(month),
            "kind": text(_KINDS, kind),
            "amount": amount[month, partner, kind],
        }
    )


def _month(past: Past, month: int) -> Floats:
    """Yuan by partner and kind."""
    partners, rng = past.world.partners, past.rng("costs", month)
    codes = past.seen.active[month]
    scene = codes[codes % SLOTS > 0]
    at = past.world.homes.partner[scene // SLOTS, scene % SLOTS]
    users = np.bincount(at, minlength=len(partners.ids))
    amount: Floats = _FIXED + users[:, None] * _PER_USER
    for campaign in past.world.campaigns:
        if day_number(campaign.first.replace(day=1)) == past.firsts[month]:
            amount[partners.scene == campaign.scene] *= _CAMPAIGN
    amount[:OWN_APPS] = _OWN_APPS
    amount *= rng.lognormal(0.0, 0.1, amount.shape)
    lives = (partners.onboarded <= past.last_day(month)) & (partners.ended >= past.firsts[month])
    return np.where(lives[:, None], np.round(amount / 10) * 10, 0.0)
