"""Official figures: close to what the exports give, but for one month of a known reason."""

import numpy as np
import polars as pl

from ecosphere.demo.arrays import Floats
from ecosphere.demo.details import EVENT_TYPES, system_rows
from ecosphere.demo.holdings import Totals
from ecosphere.demo.past import Past

REPORT, YEARBOOK = "大零售月报", "定期报告"
_TOLERANCE = 0.01
_OFF = 0.004  # at most, in the other months
_PEERS = (("松屿银行", "松屿银行定期报告", 1.6), ("岚桥银行", "岚桥银行定期报告", 0.7))
_SHORTEST = 6  # months: before, the calendar has no change of definition

Figure = tuple[str, int, float, str, str, str | None]


def figures_table(past: Past, totals: Totals) -> pl.DataFrame:
    """The export: months that are over, from the last one with the old definition on."""
    active = (past.seen.people & past.people.consenting).sum(axis=1)
    old = _old(past)
    rows: list[Figure] = []
    for month in range(0 if old is None else old, past.over + 1):
        mau = _with_pushes(past, month) if month == old else _near(active[month], month)
        average, end = _near(totals.average[month], month), _near(totals.end[month], month)
        rows.append(("mau", month, mau, REPORT, "management", None))
        rows.append(("aum", month, average, REPORT, "management", None))
        if past.window.firsts[month].month % 3 == 0:
            rows.append(("aum", month, end, YEARBOOK, "published", None))
            for name, source, factor in _PEERS:
                peer = float(np.floor(factor * active[month]))
                rows.append(("mau", month, peer, source, "published", name))
    names = ("metric", "month", "value", "source", "basis", "institution")
    table = pl.DataFrame(rows, schema=list(names), orient="row")
    firsts = pl.Series(list(past.window.firsts))
    return table.with_columns(
        month=firsts.gather(table["month"]), tolerance=pl.lit(_TOLERANCE)
    ).select("metric", "month", "value", "source", "basis", "tolerance", "institution")


def figure_truth(past: Past) -> dict[str, object] | None:
    """The month in which the official figure cannot be met, and why."""
    old = _old(past)
    if old is None:
        return None
    ours = int((past.seen.people[old] & past.people.consenting).sum())
    official = int(_with_pushes(past, old))
    if official <= ours * (1 + 2 * _TOLERANCE):
        return None
    return {
        "note": "official mau of the last month before the change of definition in the calendar: it"
        " counts people who only received a push (event_type push); every other month of both"
        " metrics is within its tolerance of what the exports give",
        "metric": "mau",
        "month": past.window.key(old),
        "source": REPORT,
        "ours": ours,
        "official": official,
    }


def _old(past: Past) -> int | None:
    month = past.window.last // 3 - 1
    return month if past.window.last >= _SHORTEST and month <= past.over else None


def _with_pushes(past: Past, month: int) -> float:
    pushed = system_rows(past.world, month)
    reached = past.seen.people[month].copy()
    reached[pushed.person[pushed.kind == EVENT_TYPES.index("push")]] = True
    return float((reached & past.people.consenting).sum())


def _near(value: Floats, month: int) -> float:
    """A little beside the figure, never further than the tolerance whatever the rounding."""
    return float(np.trunc(value + np.trunc(value * _OFF * np.sin(1.7 * month))))
