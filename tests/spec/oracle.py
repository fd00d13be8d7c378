"""What `active_users` must answer, counted in plain Python: sets of people, one month at a time.

Deliberately simple and slow. It shares nothing with the product but the words of its definitions.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from tests.spec.exports import Event, Link, World

ANY = "any_scene"
WANTED = {ANY: None, "opened": "open", "logged_in": "login", "transacted": "transact"}

Who = Mapping[str, Iterable[str]]
Where = Mapping[str, Iterable[str]]  # scene, partner or channel
Profile = Mapping[str, set[str]]  # of each attribute what is true of a person
Counts = dict[date, dict[str, int | None]]


@dataclass(frozen=True)
class Activity:
    """Who did something that counts, by month: people, (scene, person), unmatched scene users."""

    months: list[date]
    people: Mapping[date, set[str]]
    scenes: Mapping[date, set[tuple[str, str]]]
    unmatched: Mapping[date, set[tuple[str | None, str | None]]]


def month_of(day: date) -> date:
    return date(day.year, day.month, 1)


def before(month: date) -> date:
    return month_of(month - timedelta(days=1))


def after(month: date) -> date:
    return month_of(month + timedelta(days=31))


def last_day(month: date) -> date:
    return after(month) - timedelta(days=1)


def counts(event: Event, definition: str) -> bool:
    """Whether an event is something that the person did, and what the definition asks for."""
    initiated = event.is_initiated is not False  # null counts as initiated, whatever the type
    return initiated and WANTED[definition] in (None, event.event_type)


def links(world: World, as_of: date) -> dict[tuple[str | None, str], list[Link]]:
    """The links of each scene user in turn, those declared or the one seen; none when in doubt."""
    seen, declared = defaultdict(set), defaultdict(list)
    for event in world.events:
        if event.customer_id and event.scene_user_id:
            seen[event.partner_id, event.scene_user_id].add(event.customer_id)
    for link in sorted(world.links, key=lambda link: link.linked_on):
        if link.linked_on <= as_of:
            declared[link.partner_id, link.scene_user_id].append(link)
    found = {}
    for pair in {*seen, *declared}:
        told = declared[pair] or [
            Link(pair[0] or "", pair[1], customer, date.min) for customer in seen[pair]
        ]
        in_doubt = not seen[pair] <= {link.customer_id for link in told} or any(
            a.customer_id != b.customer_id and b.linked_on < (a.unlinked_on or date.max)
            for place, a in enumerate(told)
            for b in told[place + 1 :]
        )
        if not in_doubt:
            found[pair] = told
    return found


def linked(told: Iterable[Link], day: date) -> str | None:
    """Whose a scene user was on a day: the first link that had not been undone by then."""
    return next((link.customer_id for link in told if day < (link.unlinked_on or date.max)), None)


def data_end(events: Iterable[Event]) -> date:
    """The last day with at least half the median rows of its weekday in the eight weeks before."""
    rows: dict[date, int] = defaultdict(int)
    for event in events:
        rows[event.occurred_at.date()] += 1
    for day in sorted(rows, reverse=True):
        earlier = [day - timedelta(weeks=week) for week in range(1, 9)]
        usual = [rows[other] for other in earlier if other in rows]
        if not usual or rows[day] >= median(usual) / 2:
            return day
    raise AssertionError("the first day has no day before it")


def is_there(event: Event, world: World, where: Where) -> bool:
    """Whether an event happened in all of the chosen places."""
    told = {
        "scene": (world.partners or {}).get(event.partner_id),
        "partner": event.partner_id,
        "channel": event.channel,
    }
    return all((told[name] or "not_stated") in values for name, values in where.items())


def activity(
    world: World, definition: str, until: date | None = None, where: Where | None = None
) -> Activity:
    """Events up to a day, of some places; the links are those of all events."""
    known = links(world, data_end(world.events))
    scene_of = world.partners or {}
    people, scenes, unmatched = defaultdict(set), defaultdict(set), defaultdict(set)
    for event in world.events:
        day = event.occurred_at.date()
        if (until and day > until) or not counts(event, definition):
            continue
        if not is_there(event, world, where or {}):
            continue
        scene_user = (event.partner_id, event.scene_user_id)
        person = event.customer_id or linked(known.get(scene_user, ()), day)
        if person is None:
            unmatched[month_of(day)].add(scene_user)
        elif consents(world, person):
            people[month_of(day)].add(person)
            scenes[month_of(day)].add((scene_of.get(event.partner_id) or "unknown", person))
    days = [event.occurred_at.date() for event in world.events]
    return Activity(_span(min(days), until or max(days)), people, scenes, unmatched)


def consents(world: World, person: str) -> bool:
    """No answer is no consent; where nobody was asked, everybody counts."""
    return (world.customers or {}).get(person, {}).get("consent_analytics", True) is True


def profile(world: World, person: str, month: date, as_of: date) -> Profile:
    """A person's attributes in a month: the last change up to its end; months before any change
    are like the month of the first one."""
    told = dict((world.customers or {}).get(person, {}))
    changes = sorted(
        (change.valid_from, change.attributes)
        for change in world.history
        if change.customer_id == person and change.valid_from <= as_of
    )
    if changes:
        known = max(month, month_of(changes[0][0]))
        told |= [attributes for day, attributes in changes if month_of(day) <= known][-1]
    found = {name: {_text(value)} for name, value in told.items()}
    return found | {"branch": units(world, told.get("branch_id"))}


def units(world: World, unit: object) -> set[str]:
    """A unit and all above it, up to the bank, which is everybody; not stated where none is."""
    found = set()
    while unit in (world.branches or {}) and world.branches[unit].level != "1":
        found.add(unit)
        unit = world.branches[unit].parent
    return found or {"not_stated"}


def is_chosen(attributes: Profile, who: Who) -> bool:
    return all(not attributes[name].isdisjoint(values) for name, values in who.items())


def count(
    active: Activity,
    who: Who,
    profiles: Mapping[tuple[str, date], Profile],
    members: set[str] | None = None,
) -> Counts:
    """Every count of both exhibits, by month. `profiles`: (person, month) -> attributes; `members`
    are those of a cohort."""
    found: Counts = {}
    is_group = bool(who) or members is not None
    ever: set[str] = set()  # everybody seen before this month, chosen or not
    then: set[str] = set()  # ... in the month before
    theirs: set[str] = set()  # ... and chosen in it
    for month in active.months:
        now = active.people.get(month, set())
        ours = {person for person in now if is_chosen(profiles[person, month], who)}
        ours = ours if members is None else ours & members
        is_first = month == active.months[0]
        found[month] = {
            "people": len(ours),
            "people_before": None if is_first else len(theirs),
            "gross": _gross(active.scenes.get(month, set()), ours),
            "unmatched": None if is_group else len(active.unmatched.get(month, ())),
            "new": len(ours - ever),
            "retained": len(ours & then),
            "resurrected": len((ours & ever) - then),
            "lapsed": None if is_first else len(theirs - now),
            "stayed": len(ours & theirs),
            "moved_in": len((ours & then) - theirs) if is_group else None,
            "moved_out": len((theirs & now) - ours) if is_group else None,
        }
        ever, then, theirs = ever | now, now, ours
    return found


def answer(
    world: World,
    definition: str,
    who: Who,
    as_of: date,
    until: date | None = None,
    where: Where | None = None,
    members: set[str] | None = None,
) -> Counts:
    """What the product must say of a small world, in one step."""
    active = activity(world, definition, until, where)
    people = {person for month in active.people.values() for person in month}
    profiles = {(p, m): profile(world, p, m, as_of) for p in people for m in active.months}
    found = count(active, who, profiles, members)
    return found if where else cut(found, until)


def cut(found: Counts, until: date | None) -> Counts:
    """In how many scenes people were by a day within a month, no row tells."""
    if until and until < last_day(month_of(until)):
        found[month_of(until)]["gross"] = None
    return found


def _gross(scenes: set[tuple[str, str]], people: set[str]) -> int | None:
    """People once per scene; nothing where no scene is known."""
    ours = [(scene, person) for scene, person in scenes if person in people]
    return len(ours) if any(scene != "unknown" for scene, _ in ours) else None


def _span(first: date, last: date) -> list[date]:
    months = [month_of(first)]
    while months[-1] < month_of(last):
        months.append(after(months[-1]))
    return months


def _text(value: object) -> str:
    if value is None:
        return "not_stated"
    return str(value).lower() if isinstance(value, bool) else str(value)
