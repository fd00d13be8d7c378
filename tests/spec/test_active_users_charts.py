"""Every chart against Vega-Lite's schema, which serving leaves out because it costs too much."""

from functools import partial

import pytest

from ecosphere.answers import exhibits
from ecosphere.charts.theme import PALETTES
from ecosphere.exhibit import State
from ecosphere.model import Filters, Released, Role
from ecosphere.text import Text
from tests.spec.conftest import Sample

ANALYST = Role("analyst")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tier", [[], ["affluent"]])
@pytest.mark.parametrize("options", [{}, {"split": "region", "compare": "year"}])
def test_every_chart_is_valid_vega_lite(
    sample: Sample, language: str, theme: str, tier: list[str], options: dict[str, str]
) -> None:
    filters = Filters.of({"official_tier": tier})
    made = exhibits(
        "active_users", partial(_ask, sample, filters), options, Text(language), sample.source
    )
    drawn = [exhibit.chart for exhibit in made if not isinstance(exhibit.chart, State)]
    assert len(drawn) == 6
    for chart in drawn:
        assert {"layer", "mark"} & set(chart.draw(PALETTES[theme]).to_dict(validate=True))


def _ask(sample: Sample, filters: Filters, name: str, **options: str) -> Released:
    return sample.source.ask(name, filters, options, ANALYST)
