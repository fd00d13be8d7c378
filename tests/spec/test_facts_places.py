"""Who did what at which partner through which channel, by hand."""

from datetime import date

from ecosphere.source import Source
from tests.spec import nights
from tests.spec.exports import Event, Link, World, at, serve

ANN = (
    Event("ann", at("2026-01-01"), "vid", None, "open", True, "app"),
    # the same place on another day: one row, two days
    Event("ann", at("2026-01-31"), "vid", None, "transact", True, "app", 12.34),
    # refunded in part; half a fen is rounded away from zero
    Event("ann", at("2026-01-31"), "vid", None, "transact", True, "app", -0.005),
    # another channel: a row of its own
    Event("ann", at("2026-01-31"), "vid", None, "transact", True, "web", 1.0),
    # an amount that is not one of a transaction is no money that moved
    Event("ann", at("2026-01-31"), "vid", None, "view", True, "web", 99.0),
    # the bank's doing: neither an event nor money
    Event("ann", at("2026-01-31"), "vid", None, "transact", False, "web", 500.0),
    # no channel is told, and no amount
    Event("ann", at("2026-01-02"), "vid", None, "transact"),
)
# somebody at the partner, whom the link tells
U1 = (
    Event(None, at("2026-01-03"), "vid", "u1", "transact", True, "app", 5.0),
    Event(None, at("2026-01-04"), "vid", "u1", "push", False, "app"),
    Event(None, at("2026-01-05"), "vid", "u1", "view", True, "web"),
)
LINK = Link("vid", "u1", "bob", date(2026, 1, 9))
OF_BOB = {
    ("bob", "app"): ([3], [], [3], 1, 500),
    ("bob", "web"): ([5], [], [], 1, 0),
}
OF_ANN = {
    ("ann", "app"): ([1, 31], [1], [31], 3, 1233),
    ("ann", "web"): ([31], [], [31], 2, 100),
    ("ann", ""): ([2], [], [2], 1, 0),
}


def places(source: Source) -> dict[tuple[str, str], tuple[object, ...]]:
    """(person, channel) -> days by definition (any scene, opened, transacted), events, fen."""
    rows = source._engine.run(
        "select * from generation.people.person_place "
        "inner join generation.people.person using (person) "
        "inner join generation.stored.channel using (channel)"
    ).iter_rows(named=True)
    return {
        (row["customer_id"], row["channel_id"]): (
            days(row["any_scene"]), days(row["opened"]), days(row["transacted"]),
            row["events"], row["fen"],
        )
        for row in rows
    }  # fmt: skip


def days(mask: int) -> list[int]:
    return [day for day in range(1, 32) if mask >> (day - 1) & 1]


def test_a_place_is_a_partner_and_a_channel(tmp_path):
    source = serve(World((*ANN, *U1), links=(LINK,)), tmp_path)
    assert places(source) == OF_ANN | OF_BOB


def test_a_link_of_a_later_night_brings_the_places_with_it(tmp_path):
    other = LINK._replace(scene_user_id="u9")  # so that the export is delivered every night
    nights.night(World((*ANN, *U1), links=(other,)), tmp_path)
    assert places(nights.opened(tmp_path)) == OF_ANN
    built = nights.night(World((*ANN, *U1), links=(other, LINK)), tmp_path)
    assert {reason for _, reason in built.redone} == {"linked"}
    assert places(nights.opened(tmp_path)) == OF_ANN | OF_BOB


def test_without_channels_and_amounts_there_is_one_unknown_channel(tmp_path):
    bare = tuple(event._replace(channel=None, amount=None) for event in ANN)
    source = serve(World(bare, absent=frozenset({"channel", "amount"})), tmp_path)
    assert places(source) == {("ann", ""): ([1, 2, 31], [1], [2, 31], 6, 0)}


def test_a_scene_user_of_two_channels_is_one(tmp_path):
    source = serve(World((*ANN, *U1)), tmp_path)
    asked = "select users from generation.stored.unmatched_month where definition = 1"
    assert source._engine.run(asked).item() == 1
