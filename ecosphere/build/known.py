"""What the generation before knew, as views work.<name>_known that files of queries/ read."""

from ecosphere.build.tables import Tables

# Its table, and the columns where there is none.
KNOWN = {
    "person_known": ("people.person", "person integer, customer_id varchar, customer uuid"),
    "withheld_known": ("people.withheld", "customer uuid"),
    "person_profile_known": (
        "people.person_profile",
        "person integer, since bigint, until bigint, profile varchar[]",
    ),
    "person_cell_known": (
        "people.person_cell",
        "person integer, since bigint, until bigint, cell integer",
    ),
    "cell_known": ("stored.cell", "cell integer, profile varchar[]"),
    "partner_known": (
        "stored.partner",
        "partner bigint, partner_id varchar, scene varchar, is_own boolean",
    ),
    "channel_known": ("stored.channel", "channel bigint, channel_id varchar"),
    "match_month_known": (
        "stored.match_month",
        "month smallint, partner smallint, channel smallint",
    ),
    "link_told_known": (
        "people.link_told",
        "scene_user uuid, customer uuid, linked_on date, until date",
    ),
    "link_known": (
        "people.link",
        "scene_user uuid, customer uuid, since timestamp, until timestamp, is_ambiguous boolean",
    ),
    "link_seen_known": ("people.link_seen", "scene_user uuid, customer uuid, seen_month bigint"),
    "person_place_known": (
        "people.person_place",
        "month smallint, person integer, partner smallint, channel smallint, any_scene bigint, "
        "opened bigint, logged_in bigint, transacted bigint, events bigint, fen bigint",
    ),
    "person_month_known": (
        "people.person_month",
        "definition tinyint, month smallint, person integer, days bigint, tail bigint, "
        "first_month smallint, previous_month smallint",
    ),
    "month_known": ("stored.month", "month smallint"),
}


def know(tables: Tables) -> None:
    """What the generation that is attached as `previous` knows."""
    for name, (behind, _) in KNOWN.items():
        tables.engine.execute(f"create view work.{name} as select * from previous.{behind}")


def forget(tables: Tables, *names: str) -> None:
    """The same as if that generation had known nothing."""
    for name in names or KNOWN:
        columns = (column.split() for column in KNOWN[name][1].split(", "))
        nulls = ", ".join(f"cast(null as {kind}) as {column}" for column, kind in columns)
        tables.engine.execute(f"create or replace view work.{name} as select {nulls} where false")
