"""Who is active in a month, by hand: nine people, six months, every row with its reason."""

import pytest

from ecosphere.source import Source
from tests.spec.asking import column, row_of
from tests.spec.exports import Change, Event, Target, World, at, serve
from tests.spec.oracle import ANY

PEOPLE = {
    "ann": {"official_tier": "mass", "consent_analytics": True},
    "bob": {"official_tier": "mass", "consent_analytics": True},
    "cat": {"official_tier": "mass", "consent_analytics": True},
    "dan": {"official_tier": "affluent", "consent_analytics": True},  # mass until March: history
    "eve": {"official_tier": "mass", "consent_analytics": None},  # did not answer: no consent
    "fay": {"official_tier": "affluent", "consent_analytics": True},
    "gus": {"official_tier": None, "consent_analytics": True},
    "hal": {"official_tier": None, "consent_analytics": True},
    "ida": {"official_tier": "mass", "consent_analytics": False},  # refused
}
HISTORY = (
    Change("dan", at("2020-01-01").date(), {"official_tier": "mass"}),
    Change("dan", at("2024-03-01").date(), {"official_tier": "affluent"}),
)
DECEMBER = (
    # left boundary of the month: 00:00:00 on the 1st counts
    Event("ann", at("2023-12-01 00:00:00"), "own", None, "open"),
    # right boundary, still December; the same person again, in a second scene
    Event("ann", at("2023-12-31 23:59:59.999999"), "vid"),
    # no partner: unknown, and counted
    Event("bob", at("2023-12-05")),
    # a scene user whom February's event links to fay: hers already now
    Event(None, at("2023-12-10"), "vid", "u-fay"),
    # interest is what the bank does, not cat
    Event("cat", at("2023-12-15"), "own", None, "interest", False),
    # her own app alone is enough
    Event("dan", at("2023-12-20"), "own", None, "login"),
    # eve has not consented: left out
    Event("eve", at("2023-12-20"), "own", None, "open"),
    # eve again, through a scene user linked to her in February: neither a person nor unmatched
    Event(None, at("2023-12-21"), "vid", "u-eve"),
    # nobody ever says who u-x is: unmatched, beside the people
    Event(None, at("2023-12-22"), "vid", "u-x"),
)
JANUARY = (
    # 00:00:00 on the 1st belongs to January and not to December; is_initiated is null: counts
    Event("ann", at("2024-01-01 00:00:00"), "own", None, "transact", None),
    # the 31st day counts
    Event("bob", at("2024-01-31 23:59:59.999999"), "foo"),
    # a fee and a push are not cat's doing
    Event("cat", at("2024-01-03"), "own", None, "fee", False),
    Event("cat", at("2024-01-04"), "own", None, "push", False),
    # u-two is said to be gus, and to be hal: the link is not applied, u-two stays unmatched
    Event(None, at("2024-01-05"), "foo", "u-two"),
    # what carries a customer belongs to that customer all the same
    Event("gus", at("2024-01-06"), "foo", "u-two"),
    Event("hal", at("2024-01-07"), "foo", "u-two"),
    # the same name at two partners is two scene users: nobody can tell that they are one
    Event(None, at("2024-01-08"), "vid", "u-x", "open"),
    Event(None, at("2024-01-09"), "foo", "u-x", "open"),
    # refused consent
    Event("ida", at("2024-01-10"), "own", None, "transact"),
)
FEBRUARY = (
    # the 29th of a leap year; says who u-fay is; fay was active in December, not in January
    Event("fay", at("2024-02-29 23:59:59"), "vid", "u-fay", "login"),
    # twice in one scene: one person
    Event("ann", at("2024-02-10"), "vid", None, "open"),
    Event("ann", at("2024-02-11"), "vid", None, "open"),
    # back after a month away
    Event("dan", at("2024-02-12"), "own", None, "open"),
    # says who u-eve is
    Event("eve", at("2024-02-13"), "vid", "u-eve"),
    # a view that the app made by itself
    Event("cat", at("2024-02-14"), "own", None, "view", False),
)
MARCH = (
    # the first thing that cat does herself: new only now
    Event("cat", at("2024-03-01 00:00:00"), "own", None, "open"),
    # active again, and affluent since this month
    Event("dan", at("2024-03-31 23:59:59"), "own", None, "open"),
    Event("ann", at("2024-03-05"), "foo"),
)
APRIL = ()  # nobody at all: a row with 0, not a gap
MAY = (  # the data ends on the 16th
    Event("ann", at("2024-05-15"), "own", None, "open"),
    Event("bob", at("2024-05-16")),
)
TARGETS = (
    Target(at("2023-12-01").date(), 5.0, "level"),
    Target(at("2024-02-01").date(), 2.0, "increase"),  # on top of December's 4
    Target(at("2024-03-01").date(), 9.0, "level", "region", "wuxi"),  # one region's, not the bank's
    Target(at("2024-03-01").date(), 7.0, "level", metric="dau"),  # another measure's
)
BY_HAND = World(
    events=DECEMBER + JANUARY + FEBRUARY + MARCH + APRIL + MAY,
    customers=PEOPLE,
    history=HISTORY,
    partners={"own": "own_apps", "vid": "video", "foo": "food"},
    targets=TARGETS,
    festivals=(at("2024-02-10").date(),),
)
AFFLUENT = {"official_tier": ["affluent"]}
MASS = {"official_tier": ["mass"]}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return serve(BY_HAND, tmp_path_factory.mktemp("by_hand") / "home")


def test_people_are_counted_once_a_month_whatever_they_did(source: Source):
    # ann bob dan fay; ann bob gus hal; ann dan fay; ann cat dan; nobody; ann bob
    assert column(source, "mau", "people") == [4, 4, 3, 3, 0, 2]
    assert column(source, "growth", "people") == [4, 4, 3, 3, 0, 2]


@pytest.mark.parametrize(
    ("definition", "people"),
    [
        (ANY, [4, 4, 3, 3, 0, 2]),
        ("opened", [1, 0, 2, 2, 0, 1]),  # ann; –; ann dan; cat dan; –; ann
        ("logged_in", [1, 0, 1, 0, 0, 0]),  # dan; –; fay
        ("transacted", [0, 1, 0, 0, 0, 0]),  # –; ann (ida's does not count)
    ],
)
def test_a_definition_counts_only_its_own_kind_of_event(source, definition, people):
    assert column(source, "mau", "people", definition=definition) == people


def test_gross_counts_a_person_once_in_every_scene(source):
    # ann twice in December; the unknown partner is a scene of its own
    assert column(source, "mau", "gross") == [5, 4, 3, 3, None, 2]
    assert row_of(source, "mau", "2023-12")["overlap_factor"] == 5 / 4


def test_unmatched_scene_users_stand_beside_the_people(source):
    # December: u-x; January: u-two, u-x at vid, u-x at foo
    assert column(source, "mau", "unmatched")[:2] == [1, 3]


def test_unmatched_scene_users_follow_the_definition_too(source):
    assert row_of(source, "mau", "2024-01", definition="opened")["unmatched"] == 2  # both u-x


def test_new_is_the_first_month_ever(source):
    # everybody; gus hal; –; cat; –; –
    assert column(source, "growth", "new") == [4, 2, 0, 1, 0, 0]


def test_retained_were_active_in_both_months(source):
    # –; ann bob; ann; ann dan; –; –
    assert column(source, "growth", "retained") == [0, 2, 1, 2, 0, 0]


def test_resurrected_were_away_for_a_month_at_least(source):
    # –; –; fay dan; –; –; ann bob, after an empty month
    assert column(source, "growth", "resurrected") == [0, 0, 2, 0, 0, 2]


def test_lapsed_were_active_a_month_before_and_are_not_now(source):
    # unknown; fay dan; bob gus hal; fay; everybody; nobody was there
    assert column(source, "growth", "lapsed") == [None, 2, 3, 1, 3, 0]


def test_the_first_month_has_no_month_before(source):
    first = row_of(source, "growth", "2023-12")
    assert first["people_before"] is None
    assert first["net_change"] is None
    assert row_of(source, "mau", "2023-12")["change_rate"] is None


def test_january_is_compared_with_december_of_the_year_before(source):
    january = row_of(source, "mau", "2024-01")
    assert (january["people_before"], january["change_rate"]) == (4, 0.0)
    assert column(source, "mau", "people_before") == [None, 4, 4, 3, 3, 0]


def test_the_quality_ratio_is_a_gap_when_nobody_lapsed(source):
    # (2+0)/2; (0+2)/3; (1+0)/1; 0/3; 2/0
    assert column(source, "growth", "quality_ratio") == [None, 1.0, 2 / 3, 1.0, 0.0, None]


def test_a_change_from_nothing_has_no_rate(source):
    # 3 of 4; 3 of 3; 0 of 3; 2 of 0
    assert column(source, "mau", "change_rate")[2:] == [-0.25, 0.0, -1.0, None]


def test_a_month_is_finished_when_the_data_reaches_its_last_day(source):
    assert column(source, "mau", "is_complete") == [True] * 5 + [False]


def test_new_and_resurrected_cannot_be_told_apart_in_the_first_three_months(source):
    assert column(source, "growth", "is_first_months") == [True] * 3 + [False] * 3


def test_a_target_is_a_level_or_an_increase_on_december(source):
    december, february = row_of(source, "mau", "2023-12"), row_of(source, "mau", "2024-02")
    assert (december["target"], december["target_completion"]) == (5, 4 / 5)
    assert (february["target_base"], february["target"]) == (4, 6)  # December's 4 and 2 more
    assert february["target_completion"] == 3 / 6
    # neither a region's target nor another measure's is the bank's
    assert row_of(source, "mau", "2024-03")["target"] is None


def test_a_target_is_set_for_the_default_definition_only(source):
    assert column(source, "mau", "target", definition="opened") == [None] * 6


def test_spring_festival_marks_its_month_and_the_next(source):
    marked = [False, False, True, True, False, False]
    assert column(source, "mau", "crosses_spring_festival") == marked


def test_people_without_consent_are_counted_and_nothing_else(source):
    assert source.catalog.withheld_people == 2  # eve, ida


def test_somebody_whose_tier_changes_moves_between_the_groups(source):
    # affluent: fay; –; fay; dan. dan was active in February, as mass
    assert column(source, "growth", "people", who=AFFLUENT) == [1, 0, 1, 1, 0, 0]
    assert column(source, "growth", "moved_in", who=AFFLUENT) == [0, 0, 0, 1, 0, 0]
    assert column(source, "growth", "moved_out", who=MASS) == [0, 0, 0, 1, 0, 0]
    assert column(source, "growth", "stayed", who=AFFLUENT) == [0, 0, 0, 0, 0, 0]
    assert column(source, "growth", "lapsed", who=AFFLUENT) == [None, 1, 0, 1, 1, 0]
    assert column(source, "growth", "lapsed", who=MASS) == [None, 1, 1, 0, 2, 0]


def test_an_attribute_left_empty_is_a_value_of_its_own(source):
    # gus and hal, in January
    asked = {"official_tier": ["not_stated"]}
    assert column(source, "mau", "people", who=asked) == [0, 2, 0, 0, 0, 0]


def test_nobody_moves_in_or_out_of_the_whole_bank(source):
    assert column(source, "growth", "moved_in") == [None] * 6
    assert column(source, "growth", "moved_out") == [None] * 6


def test_unmatched_scene_users_pass_no_filter(source):
    assert column(source, "mau", "unmatched", who=MASS) == [None] * 6


def test_a_target_of_the_whole_bank_is_not_held_against_a_part_of_it(source):
    assert column(source, "mau", "target", who=MASS) == [None] * 6
    assert column(source, "mau", "target_completion", who=MASS) == [None] * 6


def test_a_month_without_an_unmatched_scene_user_has_none(source):
    assert column(source, "mau", "unmatched") == [1, 3, 0, 0, 0, 0]


def test_where_the_flag_is_delivered_the_type_of_event_decides_nothing(served):
    events = (
        Event("ann", at("2026-01-10"), event_type="interest", is_initiated=None),  # null counts
        Event("bob", at("2026-01-11"), event_type="push", is_initiated=True),  # the flag says so
        Event("cat", at("2026-01-12"), event_type="open", is_initiated=False),
    )
    assert column(served(World(events)), "mau", "people") == [2]
