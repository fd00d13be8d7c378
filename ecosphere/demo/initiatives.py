"""What the bank did: three initiatives whose effect is known, and some without a control group."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from ecosphere.demo.arrays import Flags, Ints
from ecosphere.demo.columns import look_up
from ecosphere.demo.past import Past
from ecosphere.demo.wealth import CASH_PLUS, FUND, INSURANCE, LINES, Wealth

_BEGAN = 7  # months before the last one
_SHOWS = 3  # months later everybody who follows has followed
_ARM = 0.04  # share of the people in each arm
_STEP = 20  # arms are multiples of this, so that shares come out exactly
_FEWEST = 40
_ENOUGH = 1_000.0  # yuan: a new product can be bought
_SHORTEST = 10  # months

# line, share of the treated and of the control group that take up the product
_PLANTED = {
    "I001": (CASH_PLUS, 0.20, 0.05),
    "I002": (FUND, 0.10, 0.10),
    "I003": (INSURANCE, 0.15, 0.05),
}
_CHOSEN = "I003"  # its treated are affluent, its control group is not: no drawing of lots
# id, name, target, kind, stage, factor, from scene, to scene, department, yuan, months, from
_TABLE = """
I001|新客理财体验金|wealth_held|benefit|consideration|profitability|||财富管理部|180000|2|0
I002|基金定投提醒短信|fund_held|campaign|consideration|product|||财富管理部|42000|3|0
I003|富裕客户保险讲座|insurance_held|offline_event|consideration|relationship|||零售客户部|96000|3|0
I004|手机银行登录改造|nps|improvement|use|convenience|own_apps|own_apps|数字金融部|1250000|5|1
I005|视频权益兑外卖券|mau|campaign|use|product|video|food|场景合作部|320000|2|-3
I006|人脸核验流程优化|face_check_completion|improvement|purchase|convenience|||数字金融部|210000||3
"""


@dataclass(frozen=True)
class Trial:
    """An initiative with two arms: people, and those of them who take up the product."""

    id: str
    line: int
    treated: Ints
    control: Ints
    takes: Ints


@dataclass(frozen=True)
class Trials:
    """All with arms; `began` is the month in which they did, None where none could be planted."""

    began: int | None
    all_: tuple[Trial, ...]

    @property
    def shows(self) -> int:
        """Index of the month in which the effect is whole."""
        return (self.began or 0) + _SHOWS

    def members(self, count: int) -> Flags:
        """Who is in any arm."""
        found = np.zeros(count, bool)
        for trial in self.all_:
            found[trial.treated] = found[trial.control] = True
        return found

    def holds(self, month: int) -> dict[int, Ints]:
        """People by line who hold it because they took it up; half of them a month later."""
        if self.began is None or month <= self.began:
            return {}
        every = 1 if month > self.began + 1 else 2
        return {trial.line: trial.takes[::every] for trial in self.all_}


def build_trials(past: Past, wealth: Wealth) -> Trials:
    """Arms of equal size among customers who do not hold the product, nobody in two of them."""
    began = past.window.last - _BEGAN
    size = round(_ARM * len(past.people)) // _STEP * _STEP
    if past.window.last < _SHORTEST or size < _FEWEST:
        return Trials(None, ())
    able = past.people.consenting & wealth.stable & (wealth.base >= _ENOUGH)
    able &= past.people.became < past.firsts[began - 3]
    rng = past.rng("initiatives")
    trials: list[Trial] = []
    for name, (line, treated, control) in _PLANTED.items():
        free = rng.permutation(np.flatnonzero(able & ~_held(wealth, line)))
        rich = wealth.band[0, free] > 0
        first = free[rich][:size] if name == _CHOSEN else free[:size]
        second = free[~rich][:size] if name == _CHOSEN else free[size : 2 * size]
        if min(len(first), len(second)) < size:
            continue
        able[first] = able[second] = False
        takes = [first[: round(treated * size)], second[: round(control * size)]]
        trials.append(Trial(name, line, first, second, np.concatenate(takes)))
    return Trials(began, tuple(trials))


def initiatives_table(past: Past) -> pl.DataFrame:
    """The export: what began before the last day."""
    began = past.window.firsts[max(0, past.window.last - _BEGAN)]
    rows = []
    for line in _TABLE.strip().splitlines():
        name, label, target, kind, stage, factor, out, to, owner, cost, lasts, later = line.split(
            "|"
        )
        start = (began + timedelta(days=31 * int(later))).replace(day=1)
        ends = start + timedelta(days=30 * int(lasts)) if lasts else None
        texts = (target, kind, ends, stage, factor, out or None, to or None, owner)
        rows.append((name, label, start, *texts, float(cost)))
    schema = {
        "initiative_id": pl.String,
        "name": pl.String,
        "started_on": pl.Date,
        "target_metric": pl.String,
        "kind": pl.String,
        "ended_on": pl.Date,
        "stage": pl.String,
        "factor": pl.String,
        "from_scene": pl.String,
        "to_scene": pl.String,
        "owner_department": pl.String,
        "cost": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def members_table(past: Past, trials: Trials) -> pl.DataFrame:
    """The export."""
    schema = {"initiative_id": pl.String, "customer_id": pl.String, "arm": pl.String}
    parts = [pl.DataFrame(schema=schema)]
    for trial in trials.all_:
        for arm, who in (("control", trial.control), ("treated", trial.treated)):
            customer = look_up(past.ids.customer, who).sort()
            whole = pl.DataFrame({"customer_id": customer})
            named = whole.select(
                initiative_id=pl.lit(trial.id), customer_id="customer_id", arm=pl.lit(arm)
            )
            parts.append(named)
    return pl.concat(parts)


def initiative_truths(past: Past, trials: Trials) -> dict[str, dict[str, object]]:
    """What each initiative with arms has changed, exactly."""
    names = {"I001": "initiative_effect", "I002": "initiative_null", "I003": "initiative_chosen"}
    notes = {
        "I001": "arms drawn by lot",
        "I002": "arms drawn by lot: no effect",
        "I003": "not randomised: the treated were affluent already, and would have bought as often"
        " without it; lift is a difference of people, the effect is 0",
    }
    return {
        names[trial.id]: {
            "note": "members who hold the category in the month, [members, holders] by arm; none"
            f" held it before; lift in percentage points. {notes[trial.id]}",
            "initiative_id": trial.id,
            "category": LINES[trial.line][0],
            "month": past.window.key(trials.shows),
            "before": past.window.key(trials.shows - _SHOWS - 1),
            "treated": (treated := _counts(trial, trial.treated)),
            "control": (control := _counts(trial, trial.control)),
            "lift": round(100 * (treated[1] / treated[0] - control[1] / control[0]), 4),
            "effect": 0.0 if trial.id != "I001" else 15.0,
        }
        for trial in trials.all_
    }


def _counts(trial: Trial, arm: Ints) -> list[int]:
    return [len(arm), int(np.isin(arm, trial.takes).sum())]


def _held(wealth: Wealth, line: int) -> Flags:
    """Holds the line, or another one of its category."""
    category = LINES[line][0]
    same = [i for i, other in enumerate(LINES) if other[0] == category]
    held: Flags = np.logical_or.reduce(wealth.held[:, same], axis=1)
    return held
