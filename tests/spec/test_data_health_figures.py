"""Official figures and their mark; what was published, and what is restated."""

import json
import os
from datetime import date
from random import Random

import pytest

from ecosphere import answers
from ecosphere.charts.active_users import exhibits, headline
from ecosphere.charts.theme import PALETTES, spec
from ecosphere.exhibit import SIGN
from ecosphere.export.rows import csv_bytes, json_bytes
from ecosphere.metrics.active_users import measure
from ecosphere.model import Filters, Month, Role
from ecosphere.text import Text
from tests.spec import oracle
from tests.spec.exports import EVERYTHING
from tests.spec.health import Bank, changed, events, people, rows

JAN, FEB, MAR = date(2026, 1, 15), date(2026, 2, 15), date(2026, 3, 15)
LAST = date(2026, 4, 1)  # a first day of April: March is finished


@pytest.fixture
def bank(tmp_path) -> Bank:
    return Bank(tmp_path)


def told(**count: int):
    """So many people active in each month: jan=40, feb=30; and somebody on the first of April."""
    days = {"jan": JAN, "feb": FEB, "mar": MAR}
    found = [row for name, n in count.items() for row in events(people(n), days[name])]
    return [*found, *events(["c000"], LAST)]


def figure(month: int, value: float, **more):
    return {"metric": "mau", "month": date(2026, month, 1), "value": value, "source": "月报",
            "tolerance": 0.01, "institution": None, "branch_id": None, **more}  # fmt: skip


# Official figures


def test_a_figure_is_compared_to_the_edge_of_its_tolerance(bank):
    # 101 against 100 is one per cent; against 99.9 it is more
    source = bank.serve(
        events=told(jan=101, feb=101, mar=101),
        reference_figures=[figure(1, 100.0), figure(2, 99.9), figure(3, 102.0, tolerance=None)],
    )
    found = [
        (r["people"], r["official"], r["is_within"], round(r["difference_rate"], 4))
        for r in rows(source, "reconciliation")
    ]
    assert found == [(101, 100, True, 0.01), (101, 99.9, False, 0.011), (101, 102, None, -0.0098)]


def test_other_banks_single_branches_unfinished_months_and_unknown_metrics_are_not_compared(bank):
    source = bank.serve(
        events=told(jan=20),
        branches=[{"branch_id": "east", "name": "East", "level": "2", "parent_id": None}],
        reference_figures=[
            figure(1, 20.0),
            figure(1, 90.0, institution="another bank", source="yearbook"),
            figure(1, 5.0, branch_id="east"),
            figure(4, 500.0),
            figure(1, 7.0, metric="aum"),
        ],
    )
    found = [(r["metric"], r["people"], r["is_within"]) for r in rows(source, "reconciliation")]
    assert found == [("aum", None, None), ("mau", 20, True)]


def test_the_reason_is_the_banks_own_or_the_next_change_of_a_definition(bank):
    change = {"on": date(2026, 2, 10), "kind": "definition_change", "label": "口径变更",
              "label_en": "New definition"}  # fmt: skip
    campaign = {
        "on": date(2026, 1, 20),
        "kind": "campaign",
        "label": "活动",
        "label_en": "Campaign",
    }
    source = bank.serve(
        events=told(jan=20, feb=20, mar=20),
        calendar=[campaign, change],
        reference_figures=[
            figure(1, 30.0, reason=None),
            figure(2, 30.0, reason="含对公", reason_en="with firms"),
            figure(3, 30.0, reason=None),
        ],
    )
    found = [(r["reason"], r["reason_en"]) for r in rows(source, "reconciliation")]
    assert found == [("口径变更", "New definition"), ("含对公", "with firms"), (None, None)]


def marks(source, role=EVERYTHING, exhibit="mau", options=None, **chosen):
    asked = source.ask(f"active_users/{exhibit}", Filters(**chosen), options or {}, role)
    return [(f"{mark.month:%m}", round(mark.difference, 2)) for mark in asked.origin.marks]


def test_a_number_outside_tolerance_carries_its_mark_and_one_inside_none(bank):
    figures = [figure(1, 20.0), figure(2, 25.0), figure(1, 9.0, metric="mau_opened")]
    customers = [{"customer_id": name, "official_tier": "mass"} for name in people(20)]
    opened = [{**row, "event_type": "open"} for row in told(jan=20, feb=20)]
    source = bank.serve(events=opened, customers=customers, reference_figures=figures)
    assert marks(source) == marks(source, exhibit="growth") == [("02", -0.2)]
    assert marks(source, options={"definition": "opened"}) == [("01", round(20 / 9 - 1, 2))]
    assert marks(source, options={"definition": "transacted"}) == []
    # a part of the bank is not what the figure speaks of
    mass = Filters.of({"official_tier": ["mass"]}).who
    assert marks(source, who=mass) == marks(source, role=Role("part", k=1, rows=mass)) == []
    # nor may the mark say of a hidden number how far it is from a known one
    assert marks(source, role=Role("reader", k=21)) == []
    moved = [figure(1, 20.0), figure(2, 20.0)]
    assert marks(bank.serve(reference_figures=moved)) == []


def test_the_mark_goes_wherever_the_number_goes(bank):
    reason = {"reason": "含对公", "reason_en": "with firms"}
    source = bank.serve(
        events=told(jan=20, feb=20, mar=20), reference_figures=[figure(3, 25.0, **reason)]
    )
    asked = answers.Asked(bank.home.path, None, Filters(), {})
    released = answers.table(asked, "active_users", None)
    expected = "月报 -20.00% (±1.00%)"
    lines = json.loads(json_bytes(released))
    assert [row.get("outside_tolerance") for row in lines] == [None, None, expected, None]
    assert expected in csv_bytes(released).decode("utf-8-sig").splitlines()[3]

    def told_by(name, **options):
        return source.ask(name, Filters(), options, Role("reader"))

    for language, words in (("en", "with firms"), ("zh", "含对公")):
        text, result = Text(language), measure(told_by, {})
        assert headline(result, text).endswith(SIGN)
        for one in exhibits(result, text, source.catalog.named)[:2]:
            assert one.title.endswith(SIGN)
            assert f"{SIGN} " in one.footer
            assert words in one.footer
    chart = exhibits(measure(told_by, {}), Text("en"), source.catalog.named)[0].chart
    assert f'"text": "{SIGN}"' in json.dumps(spec(chart.draw(PALETTES["light"]), PALETTES["light"]),
                                             ensure_ascii=False)  # fmt: skip


def test_a_month_that_is_not_shown_brings_no_words_of_its_mark(bank):
    source = bank.serve(events=told(jan=20, feb=20, mar=20), reference_figures=[figure(1, 25.0)])
    later = Filters(first=Month.parse("2026-02"))
    assert source.ask("active_users/mau", later, {}, EVERYTHING).origin.marks == ()
    assert source.ask("active_users/mau", Filters(), {}, EVERYTHING).origin.marks != ()


def test_as_of_an_earlier_day_later_months_are_neither_compared_nor_marked(bank):
    figures = [figure(1, 25.0), figure(2, 25.0)]
    source = bank.serve(events=told(jan=20, feb=20, mar=20), reference_figures=figures)
    assert marks(source, as_of=date(2026, 2, 20)) == [("01", -0.2)]
    assert len(rows(source, "reconciliation", as_of=date(2026, 2, 20))) == 1
    assert len(rows(source, "restated", as_of=date(2026, 2, 20))) == 1


def test_the_planted_difference_of_the_sample_is_found_with_its_reason(sample):
    truth = sample.truths["official_figure"]
    found = [row for row in rows(sample.source, "reconciliation") if row["is_within"] is False]
    assert [(r["metric"], f"{r['month']:%Y-%m}", r["people"], r["official"]) for r in found] == [
        (truth["metric"], truth["month"], truth["ours"], truth["official"])
    ]
    assert found[0]["reason_en"] == "Pushes no longer count as activity"


# Published and restated


def restated(source, metric="mau", **asked):
    """Month, published, now, generation of the numbers that have changed."""
    return [
        (f"{r['month']:%m}", r["published"], r["people"], r["published_in"])
        for r in rows(source, "restated", **asked)
        if r["metric"] == metric and r["is_restated"]
    ]


def test_a_day_delivered_again_restates_its_month_and_what_was_published_is_kept(bank):
    assert restated(bank.serve(events=told(jan=40, feb=30))) == []
    bank.today = date(2026, 11, 24)
    found = bank.serve(events=told(jan=25, feb=30))
    assert restated(found) == [("01", 40, 25, 1)]
    (january, *_) = (r for r in rows(found, "restated") if r["metric"] == "mau")
    assert january["published_on"] == date(2026, 11, 23)
    # back again: what was said first is true again
    assert restated(bank.serve(events=told(jan=40, feb=30))) == []
    # and once more another: still against the first
    assert restated(bank.serve(events=told(jan=45, feb=30))) == [("01", 40, 45, 1)]


def test_a_month_is_published_when_it_is_first_seen_finished(bank):
    march = [row for row in told(mar=20) if row["occurred_at"].date() != LAST]
    source = bank.serve(events=march)  # as of the 15th
    assert rows(source, "restated") == []
    source = bank.serve(events=told(mar=33))
    assert [(r["published"], r["published_in"]) for r in rows(source, "restated")][:1] == [(33, 2)]
    assert restated(source) == []


def test_without_types_of_events_nothing_is_said_of_what_needs_them(bank):
    source = bank.serve(
        events=told(jan=20), reference_figures=[figure(1, 9.0, metric="mau_opened")]
    )
    assert {row["metric"] for row in rows(source, "restated")} == {"mau"}
    assert [row["people"] for row in rows(source, "reconciliation")] == [None]
    opened = [{**row, "event_type": "open"} for row in told(jan=20)]
    source = bank.serve(events=opened)  # known from now on, and no figure of the past restated
    assert [row["metric"] for row in rows(source, "restated") if row["is_restated"]] == []
    assert [row["people"] for row in rows(source, "reconciliation")] == [20]


def test_what_was_published_outlives_rollback_prune_and_a_broken_generation(bank):
    bank.serve(events=told(jan=40))
    bank.serve(events=told(jan=40, feb=30))  # 2 publishes nothing new: February was empty
    bank.serve(events=told(jan=41, feb=31))
    bank.home.serve(1)  # a rollback
    source = bank.serve(events=told(jan=41, feb=32))  # 4, made from 1
    assert restated(source) == [("01", 40, 41, 1), ("02", 0, 32, 1)]
    bank.home.prune(keep=1)
    assert restated(bank.serve(events=told(jan=42, feb=32)))[0] == ("01", 40, 42, 1)


def test_after_a_rollback_what_the_newest_has_said_is_still_published(bank):
    early = [row for row in told(jan=40) if row["occurred_at"].date() != LAST]
    bank.serve(events=early)  # as of 15 January: nothing is finished
    bank.serve(events=told(jan=40))  # 2 says 40 first
    bank.home.serve(1)
    assert restated(bank.serve(events=told(jan=50))) == [("01", 40, 50, 2)]
    # broken, and that is why an earlier one is served: no build may fail for it
    os.truncate(bank.home.generation(3), 5_000)
    bank.home.serve(2)
    assert restated(bank.serve(events=told(jan=50))) == [("01", 40, 50, 2)]


def test_a_change_by_few_people_is_hidden_but_not_that_there_is_one(bank):
    bank.serve(events=told(jan=40))
    source = bank.serve(events=told(jan=37))
    row = next(r for r in rows(source, "restated", role=Role("reader", k=10)) if r["is_restated"])
    assert (row["people"], row["published"], row["restated_by"]) == (37, None, None)
    assert row["fewer_than_before"] is None
    source = bank.serve(events=told(jan=29))
    row = next(r for r in rows(source, "restated", role=Role("reader", k=10)) if r["is_restated"])
    assert (row["people"], row["published"], row["restated_by"]) == (29, 40, -11)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_restated_equals_what_plain_python_counts(tmp_path, seed):
    """Random months, each delivered again at random, over four builds."""
    random, bank = Random(seed), Bank(tmp_path)
    first: dict[str, tuple[int, int]] = {}
    for generation in range(1, 5):
        counts = {name: random.choice((0, 12, 13, 30)) for name in ("jan", "feb", "mar")}
        source = bank.serve(events=[*told(**counts), *events(["c000"], date(2026, 1, 1))])
        now = {"01": max(counts["jan"], 1), "02": counts["feb"], "03": counts["mar"]}
        for month, people_now in now.items():
            first.setdefault(month, (people_now, generation))
        expected = [
            (month, said, now[month], since)
            for month, (said, since) in first.items()
            if said != now[month]
        ]
        assert restated(source) == expected


def test_without_the_table_of_an_older_version_a_build_publishes_anew(bank):
    bank.serve(events=told(jan=40))
    with changed(bank.home) as stage:
        stage.execute("drop table stage.stored.published")
    source = bank.serve(events=told(jan=41))
    found = next(r for r in rows(source, "restated") if r["metric"] == "mau")
    assert (found["published"], found["published_in"]) == (41, 3)


def test_the_sums_of_every_definition_are_those_of_plain_python(sample):
    for definition in oracle.WANTED:
        metric = "mau" if definition == oracle.ANY else f"mau_{definition}"
        found = {r["month"]: r["published"] for r in rows(sample.source, "restated")
                 if r["metric"] == metric}  # fmt: skip
        activity = sample.activity[definition]
        finished = [m for m in activity.months if oracle.last_day(m) <= sample.source.catalog.as_of]
        assert found == {month: len(activity.people[month]) for month in finished}
