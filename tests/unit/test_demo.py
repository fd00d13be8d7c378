"""The demo data is what it says: equal at every start, and its truths are found by counting."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ecosphere.demo import make

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
UNTIL = date(2026, 11, 21)
COLUMNS = {
    "events": "customer_id occurred_at partner_id scene_user_id channel event_type amount"
    " device_id is_initiated campaign_id event_id",
    "customers": "customer_id joined_on became_customer_on segment official_tier age_band"
    " city_tier region is_payroll card_kind acquisition_channel acquisition_partner_id"
    " consent_analytics branch_id customer_groups is_managed",
    "customer_history": "customer_id valid_from valid_to segment official_tier is_payroll",
    "partners": "partner_id name name_en scene scene_category partner_type operated_by reach"
    " onboarded_on ended_on contract_ends_on owner",
    "calendar": "on kind label label_en",
    "targets": "metric month value kind dimension dimension_value",
}


class Demo:
    """One demo, read back."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.truths: dict[str, Any] = json.loads((out / "truths.json").read_text("utf-8"))
        self.tables = {name: self._read(name) for name in COLUMNS}
        self.events, self.customers = self.tables["events"], self.tables["customers"]

    def _read(self, name: str) -> pl.DataFrame:
        files = "events/*.parquet" if name == "events" else f"{name}.parquet"
        return pl.read_parquet(self.out / files)

    @property
    def links(self) -> pl.DataFrame:
        both = self.events.filter(
            pl.col("customer_id").is_not_null() & pl.col("scene_user_id").is_not_null()
        )
        return both.select("partner_id", "scene_user_id", linked="customer_id").unique()

    @property
    def active(self) -> dict[str, set[str]]:
        """People by month, in plain Python from the files alone."""
        links = {(p, s): c for p, s, c in self.links.iter_rows()}
        agreed = set(self.customers.filter(pl.col("consent_analytics"))["customer_id"])
        found: dict[str, set[str]] = {}
        rows = self.events.filter("is_initiated").select(
            "occurred_at", "customer_id", "partner_id", "scene_user_id"
        )
        for at, customer, partner, user in rows.iter_rows():
            person = customer or links.get((partner, user))
            if person is not None and person in agreed:
                found.setdefault(f"{at:%Y-%m}", set()).add(person)
        return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    out = tmp_path_factory.mktemp("demo")
    make(out, people=1_500, months=12)
    return Demo(out)


def months_before(month: str, count: int) -> list[str]:
    """The months just before, the nearest first."""
    first, found = date.fromisoformat(f"{month}-01"), []
    for _ in range(count):
        first = (first - timedelta(days=1)).replace(day=1)
        found.append(f"{first:%Y-%m}")
    return found


def test_two_runs_give_equal_rows(tmp_path: Path) -> None:
    first, second = (make(tmp_path / name, people=80, months=3) for name in "ab")
    assert first == second
    for file in sorted((tmp_path / "a").rglob("*.parquet")):
        other = tmp_path / "b" / file.relative_to(tmp_path / "a")
        assert_frame_equal(pl.read_parquet(file), pl.read_parquet(other))


def test_the_committed_sample_is_what_make_writes(tmp_path: Path) -> None:
    kept = json.loads((SAMPLE / "truths.json").read_text("utf-8"))
    assert make(tmp_path, people=kept["people"], months=kept["months"]) == kept


def test_another_seed_gives_other_rows(tmp_path: Path) -> None:
    first, second = (make(tmp_path / str(s), people=80, months=2, seed=s) for s in (1, 2))
    assert first["rows"] != second["rows"]


@pytest.mark.parametrize(("people", "months"), [(1, 1), (1, 60), (50, 1), (50, 60)])
def test_small_inputs_hold_the_contract(people: int, months: int, tmp_path: Path) -> None:
    truths = make(tmp_path, people, months)
    small = Demo(tmp_path)
    for name, columns in COLUMNS.items():
        assert small.tables[name].columns == columns.split()
    assert len(list((tmp_path / "events").iterdir())) == months
    assert small.customers.height == people
    assert {k: len(v) for k, v in small.active.items()} == {
        month: count for month, count in truths["mau"]["months"].items() if count
    }
    # Nothing can be planted in so few people, so nothing is claimed.
    assert truths.keys().isdisjoint({"partner_leaves", "returners", "moved_in"})


def test_column_types_are_those_of_the_contract(demo: Demo) -> None:
    events = dict(demo.events.schema)
    assert events.pop("occurred_at") == pl.Datetime("us")
    assert events.pop("amount") == pl.Float64
    assert events.pop("is_initiated") == pl.Boolean
    assert events.pop("event_id") == pl.Int64
    assert set(events.values()) == {pl.String}
    assert demo.customers["joined_on"].dtype == pl.Date
    assert demo.tables["targets"]["month"].dtype == pl.Date


def test_events_are_in_their_months_file_in_order(demo: Demo) -> None:
    for file in (demo.out / "events").iterdir():
        at = pl.read_parquet(file)["occurred_at"]
        assert at.is_sorted()
        assert set(at.dt.strftime("%Y-%m")) == {file.stem}
        assert demo.truths["rows"][f"events/{file.name}"] == len(at)


def test_the_last_day_is_whole_and_nothing_follows(demo: Demo) -> None:
    by_day = demo.events.group_by(pl.col("occurred_at").dt.date()).len()
    rows = dict(by_day.iter_rows())
    assert max(rows) == UNTIL
    same_weekday = [rows[UNTIL - timedelta(weeks=week)] for week in range(1, 9)]
    assert rows[UNTIL] > 0.7 * sum(same_weekday) / len(same_weekday)


def test_event_ids_are_unique_and_customers_known(demo: Demo) -> None:
    assert demo.events["event_id"].is_unique().all()
    assert demo.customers["customer_id"].is_unique().all()
    assert demo.events["customer_id"].drop_nulls().is_in(demo.customers["customer_id"]).all()


def test_nobody_acts_before_joining_nor_a_partner_after_its_end(demo: Demo) -> None:
    day = pl.col("occurred_at").dt.date()
    dated = demo.events.join(demo.customers, on="customer_id").join(
        demo.tables["partners"], on="partner_id"
    )
    assert dated.filter(day < pl.col("joined_on")).is_empty()
    assert dated.filter((day < pl.col("onboarded_on")) | (day > pl.col("ended_on"))).is_empty()


def test_only_transactions_have_amounts_and_only_the_system_is_not_initiated(demo: Demo) -> None:
    system = pl.col("event_type").is_in(["interest", "auto_debit", "fee", "push"])
    assert demo.events.filter(system == pl.col("is_initiated")).is_empty()
    paid = pl.col("event_type") == "transact"
    assert demo.events.filter(paid != pl.col("amount").is_not_null()).is_empty()


def test_a_scene_user_belongs_to_one_customer(demo: Demo) -> None:
    assert not demo.links.select("partner_id", "scene_user_id").is_duplicated().any()


def test_the_mau_is_that_of_the_files(demo: Demo) -> None:
    counted = {month: len(people) for month, people in demo.active.items()}
    assert counted == demo.truths["mau"]["months"]


def test_growth_adds_up(demo: Demo) -> None:
    growth, mau = demo.truths["growth"], demo.truths["mau"]["months"]
    for month, active in mau.items():
        parts = [growth[part][month] for part in ("new", "retained", "resurrected")]
        assert sum(parts) == active


def test_the_people_of_the_partner_that_left_lapse(demo: Demo) -> None:
    truth, active = demo.truths["partner_leaves"], demo.active
    month = pl.col("occurred_at").dt.strftime("%Y-%m") == truth["month"]
    seen = demo.events.filter(month & pl.col("is_initiated")).join(
        demo.links, on=["partner_id", "scene_user_id"], how="left"
    )
    seen = seen.with_columns(person=pl.coalesce("customer_id", "linked"))
    here = pl.col("partner_id").eq_missing(truth["partner_id"])
    only = seen.group_by("person").agg(here.all()).filter("partner_id")["person"]
    later = set().union(*(people for key, people in active.items() if key > truth["month"]))
    gone = (set(only) & active[truth["month"]]) - later
    assert len(gone) == truth["people"] >= 30
    assert gone <= active[truth["month"]] - active[truth["lapsed_month"]]


def test_lapses_after_the_departure_stand_out(demo: Demo) -> None:
    truth = demo.truths["partner_leaves"]
    lapsed = dict(truth["lapsed"])
    assert lapsed.pop(truth["lapsed_month"]) > 1.25 * max(lapsed.values())


def test_the_campaign_brings_back_silent_people(demo: Demo) -> None:
    truth, active = demo.truths["returners"], demo.active
    in_campaign = demo.events.filter(pl.col("campaign_id") == truth["campaign_id"])
    last, before, *earlier = months_before(truth["month"], 7)
    came = set(in_campaign["customer_id"]) & active[truth["month"]]
    silent = came - active[last] - active[before]
    known = set().union(*(active[month] for month in earlier))
    assert len(silent & known) == truth["people"] == round(1_500 * 0.012)
    assert truth["campaign_id"] in " ".join(demo.tables["calendar"]["label"])


def test_those_who_move_in_are_the_only_tier_changes_of_the_month(demo: Demo) -> None:
    truth, active = demo.truths["moved_in"], demo.active
    day = date.fromisoformat(truth["valid_from"])
    history = demo.tables["customer_history"]
    old = history.filter(pl.col("valid_to") == day)
    new = history.filter(pl.col("valid_from") == day)
    both = old.join(new, on="customer_id", suffix="_new")
    moved = both.filter(pl.col("official_tier").ne_missing(pl.col("official_tier_new")))
    assert set(moved["official_tier"]) == {truth["from"]}
    assert set(moved["official_tier_new"]) == {truth["to"]}
    (last,) = months_before(truth["month"], 1)
    assert set(moved["customer_id"]) <= active[truth["month"]] & active[last]
    assert moved.height == truth["people"] == round(1_500 * 0.008)


def test_history_is_contiguous_and_ends_as_customers_say(demo: Demo) -> None:
    history = demo.tables["customer_history"].sort("customer_id", "valid_from")
    following = history["valid_from"].shift(-1)
    same = history["customer_id"] == history["customer_id"].shift(-1)
    assert (history["valid_to"] == following).filter(same).all()
    assert history["valid_to"].filter(~same).is_null().all()
    last = history.filter(pl.col("valid_to").is_null())
    assert last["customer_id"].is_unique().all()
    columns = ["customer_id", "segment", "official_tier", "is_payroll"]
    now = demo.customers.filter(pl.col("customer_id").is_in(last["customer_id"].implode()))
    assert_frame_equal(now.select(columns), last.select(columns), check_row_order=False)


def test_scene_users_linked_later_and_never(demo: Demo) -> None:
    truth = demo.truths["linked_later"]
    users = demo.events.filter(pl.col("scene_user_id").is_not_null())
    keys = ["partner_id", "scene_user_id"]
    known = users.group_by(keys).agg(pl.col("customer_id").is_not_null().alias("matched"))
    late = pl.col("matched").list.any() & ~pl.col("matched").list.all()
    never = known.filter(~pl.col("matched").list.any())
    assert known.filter(late).height == truth["later"]
    assert never.height == truth["never"]
    seen = users.join(never, on=keys).unique([*keys, pl.col("occurred_at").dt.strftime("%Y-%m")])
    assert seen.height == sum(truth["unmatched"].values())


def test_people_without_consent(demo: Demo) -> None:
    agreed = demo.customers["consent_analytics"].fill_null(False)
    assert (~agreed).sum() == demo.truths["consent"]["without"]


def test_sixty_partners_in_eight_scenes(demo: Demo) -> None:
    partners = demo.tables["partners"]
    assert partners.height == 60
    assert partners["scene"].n_unique() == 8
    assert (partners["scene"] == "own_apps").sum() == 3
    assert partners["name"].is_unique().all()


def test_targets_cover_two_calendar_years_near_the_actual(demo: Demo) -> None:
    targets = demo.tables["targets"]
    assert (
        not targets.select("metric", "month", "dimension", "dimension_value").is_duplicated().any()
    )
    whole = targets.filter(pl.col("dimension").is_null() & (pl.col("metric") == "mau"))
    assert whole["month"].min() == date(2025, 12, 1)  # the window begins here
    assert whole["month"].max() == date(2026, 12, 1)
    actual = demo.truths["mau"]["months"]
    for month, value in whole.select("month", "value").iter_rows():
        if f"{month:%Y-%m}" in actual:
            assert value == pytest.approx(actual[f"{month:%Y-%m}"], rel=0.15)


def test_a_folder_with_other_months_is_refused(tmp_path: Path) -> None:
    make(tmp_path, people=1, months=2)
    with pytest.raises(FileExistsError, match="other months"):
        make(tmp_path, people=1, months=1)


def test_no_people_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="people=0"):
        make(tmp_path, people=0, months=1)


def test_progress_ends_at_one(tmp_path: Path) -> None:
    shares: list[float] = []
    make(tmp_path, people=1, months=2, progress=lambda share, _: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
