"""Charts of `data_health`: what to look at first, then where it all comes from."""

from collections.abc import Mapping
from typing import Any

from ecosphere.charts.health import coverage, figures, files
from ecosphere.exhibit import Exhibit
from ecosphere.metrics.data_health import DataHealth
from ecosphere.text import Text, numbers

DRAWN = (
    files.exports,
    files.days,
    figures.reconciliation,
    figures.restated,
    figures.identities,
    coverage.match,
    coverage.match_partners,
    coverage.consent,
    files.quarantine,
    files.refusals,
    files.redone,
    coverage.attributes,
)


def exhibits(result: DataHealth, text: Text, _: Mapping[str, Any]) -> list[Exhibit]:
    """Every exhibit of the page, in order. None is filtered by attributes."""
    return [draw(result, text) for draw in DRAWN]


def headline(result: DataHealth, text: Text) -> str:
    """Yes, or what to look at first; from the tables of the charts."""
    values = {
        "exports": result.exports.table.height,
        "day": numbers.date(result.exports.origin.as_of, text.language),
    }
    faults = _faults(result, text)
    if not faults:
        return text("data_health.headline_sound", **values)
    last = text("data_health.and").join(faults[-2:])
    told = text("app.list").join([*faults[:-2], last])
    return text("data_health.headline_look", faults=told, **values)


def _faults(result: DataHealth, text: Text) -> list[str]:
    """What asks for a look, the worst first."""
    counts = {
        ("unsound_one", "unsound"): result.unsound.height,
        ("refused_since", "refused_since_many"): result.refused_since,
        ("days_missing_one", "days_missing"): result.missing.height,
        ("outside_one", "outside"): result.outside.height,
        ("restated_one", "restated_months"): result.changed.height,
    }
    return [
        text(f"data_health.{one if count == 1 else many}", count=count)
        for (one, many), count in counts.items()
        if count
    ]
