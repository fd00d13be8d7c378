"""The people of a cohort as of a day: a select of `person` over the tables of a generation.

Values are parameters, never text. Months after the as-of month are never looked at; of a month that
an earlier day cuts, no later day.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from ecosphere.cohorts.known import Known, span, stored
from ecosphere.cohorts.terms import DEFINITIONS, PLACES, Cohort, Condition, Joined, Not, Term
from ecosphere.model import Month, Problem

SETTLING_DAYS = 90  # whoever is first seen in these days of the data may have been there before
SET = {"and": "intersect", "or": "union"}
PLACE = {
    "partner": "select partner from generation.stored.partner where partner_id = any({})",
    "scene": "select partner from generation.stored.partner where coalesce(scene, '') = any({})",
    "channel": "select channel from generation.stored.channel where channel_id = any({})",
}
COLUMN = {"partner": "partner", "scene": "partner", "channel": "channel"}


def members(
    cohort: Cohort,
    known: Known,
    as_of: date | None = None,
    people: tuple[int, int] | None = None,
) -> tuple[str, dict[str, object]]:
    """A select of the persons, and its parameters. A Problem tells what cannot be known.

    With `people` only those numbered from one to another: so many at a time that memory is enough.
    """
    seen = _Seen(known, as_of or known.as_of, people)
    return f"select person from ({_select(cohort.term, seen)}) as cohort", seen.params


def resolved(told: str, as_of: date) -> Month:
    """A month, also one told by its distance from the as-of month."""
    if told.lstrip("-").isdigit():
        return Month(Month.of(as_of).code + int(told))
    return Month.parse(told)


@dataclass(frozen=True)
class _Seen:
    """A generation as of a day, and the parameters bound so far."""

    known: Known
    as_of: date
    people: tuple[int, int] | None = None
    params: dict[str, object] = field(default_factory=dict)

    def bind(self, value: object) -> str:
        name = f"cohort_{len(self.params)}"
        self.params[name] = value
        return f"${name}"

    def within(self, person: str = "person") -> str:
        """Whether somebody is among the people that are looked at."""
        if self.people is None:
            return "true"
        first, last = self.people
        return f"{person} between {self.bind(first)} and {self.bind(last)}"

    @property
    def first(self) -> int:
        return Month.of(self.known.first_day).code

    @property
    def end(self) -> int:
        return Month.of(self.as_of).code

    @property
    def until(self) -> date:
        """The last day that is looked at: rows after the as-of day of the data are kept."""
        return self.as_of if self.as_of < self.known.as_of else Month(self.end).last_day

    def month(self, told: str) -> int:
        return resolved(told, self.as_of).code

    def period(self, condition: Condition, first: int, last: int) -> tuple[int, int]:
        """What `from` and `to` say, within the months from first to last of which it is known."""
        begin, finish = condition.one("from"), condition.one("to")
        start = self.month(begin) if begin else first
        stop = self.month(finish) if finish else last
        if start > last or stop < first:
            raise _outside(condition, start if start > last else stop, first, last)
        if start > stop:
            raise Problem("period_reversed", first=Month(start), last=Month(stop))
        return max(start, first), min(stop, last)


def _select(term: Term, seen: _Seen) -> str:
    match term:
        case Condition():
            seen.known.check(term)
            return SELECTS[term.name](term, seen)
        case Not():
            others = _select(term.part, seen)
            everybody = f"select person from generation.people.person where {seen.within()}"
            return f"{everybody} except ({others})"
        case Joined():
            parts = (f"({_select(part, seen)})" for part in term.parts)
            return f" {SET[term.word]} ".join(parts)


def _active(condition: Condition, seen: _Seen) -> str:
    rows = _rows(condition, seen, *seen.period(condition, seen.first, seen.end))
    least = int(condition.one("days"))
    if least == 1:
        return f"select distinct person from ({rows}) as active"
    united = rows  # one for each person and month, as long as places are not told apart
    if any(condition.all(key) for key in PLACES):
        united = f"select person, bit_or(days) as days from ({rows}) as row group by person, month"
    return (
        f"select person from ({united}) as active group by person "
        f"having sum(bit_count(days)) >= {seen.bind(least)}"
    )


def _silent(condition: Condition, seen: _Seen) -> str:
    since = seen.month(condition.one("since"))
    if not seen.first < since <= seen.end:
        raise _outside(condition, since, seen.first + 1, seen.end)
    before = _rows(condition, seen, seen.first, since - 1)
    after = _rows(condition, seen, since, seen.end)
    return (
        f"select distinct person from ({before}) as before "
        f"except select person from ({after}) as after"
    )


def _rows(condition: Condition, seen: _Seen, first: int, last: int) -> str:
    """Rows of person, month and a mask of days that are seen, at the places of the condition."""
    definition = condition.one("definition")
    places = [key for key in PLACES if condition.all(key)]
    limits = [f"month between {seen.bind(first)} and {seen.bind(last)}"]
    if places:
        table, days = "person_place", definition
    else:
        table, days = "person_month", "days"
        limits.append(f"definition = {seen.bind(DEFINITIONS.index(definition) + 1)}")
    for key in places:
        codes = seen.bind([stored(value) for value in condition.all(key)])
        limits.append(f"{COLUMN[key]} in ({PLACE[key].format(codes)})")
    if last == seen.end:
        days = _until(days, seen)
    return (
        f"select person, month, {days} as days from generation.people.{table} "
        f"where {' and '.join(limits)} and {days} > 0 and {seen.within()}"
    )


def _until(days: str, seen: _Seen) -> str:
    """A mask without the days of the last month that are not seen."""
    mask = seen.bind((1 << seen.until.day) - 1)
    return f"case when month = {seen.bind(seen.end)} then {days} & {mask} else {days} end"


def _sourced(condition: Condition, seen: _Seen) -> str:
    codes = seen.bind([stored(value) for value in condition.all("partner")])
    told = (
        "select person from generation.people.person_origin where acquired_by = any("
        f"{codes}) and (customer_since is null or customer_since <= {seen.bind(seen.until)}) "
        f"and {seen.within()}"
    )
    if seen.known.columns.isdisjoint({"customers.became_customer_on", "accounts.opened_at"}):
        return told
    return f"{told} union all {_first_touch(codes, seen)}"


def _first_touch(codes: str, seen: _Seen) -> str:
    """Newcomers by the partner of their first day; of several, the one with the smallest id.

    Whoever had an account before that day is no newcomer, nor is who was seen when the data began.
    """
    settled = seen.known.first_day + timedelta(days=SETTLING_DAYS)
    return f"""
        select touch.person
        from (
            select
                place.person,
                make_date(
                    place.month // 12,
                    place.month % 12 + 1,
                    bit_count((place.any_scene & -place.any_scene) - 1) + 1
                ) as day,
                partner.partner_id,
                row_number() over (
                    partition by place.person
                    order by place.any_scene & -place.any_scene, partner.partner_id
                ) as turn,
            from generation.people.person_place as place
            inner join generation.people.person_month as began
                on began.person = place.person and began.month = place.month
            inner join generation.stored.partner as partner on partner.partner = place.partner
            where began.definition = 1
                and began.month = began.first_month
                and place.any_scene > 0
                and began.month >= {seen.bind(Month.of(settled).code)}
                and began.month <= {seen.bind(seen.end)}
                and {seen.within("began.person")}
        ) as touch
        left join generation.people.person_origin as origin on origin.person = touch.person
        where touch.turn = 1
            and touch.partner_id = any({codes})
            and touch.day > {seen.bind(settled)}
            and touch.day <= {seen.bind(seen.until)}
            and origin.acquired_by is null
            and (origin.customer_since is null or origin.customer_since >= touch.day)
    """


def _holds(condition: Condition, seen: _Seen) -> str:
    """Whoever has a row of the category, whatever its balance: payment has none."""
    ended = [code for code in seen.known.held if Month(code).last_day <= seen.as_of]
    told = condition.one("month")
    month = seen.month(told) if told or not ended else ended[-1]
    if month not in ended:
        raise _outside(condition, month, *((ended[0], ended[-1]) if ended else ()))
    return (
        "select person from generation.people.person_holding "
        f"where month = {seen.bind(month)} and category = {seen.bind(condition.one('category'))} "
        f"and {seen.within()}"
    )


def _tier(condition: Condition, seen: _Seen) -> str:
    """Nobody's official tier is seen to move before the month since which it is known."""
    since, held = seen.known.tier_since, seen.known.held
    if since is None:
        months = range(held[0] + 1, min(held[-1], seen.end) + 1) if held else range(0)
    else:
        months = range(max(since + 1, seen.first), seen.end + 1)
    begin = condition.one("from")
    if not months or (begin and seen.month(begin) < months[0]):
        found = seen.month(begin) if begin else seen.end
        raise _outside(condition, found, *((months[0], months[-1]) if months else ()))
    first, last = seen.period(condition, months[0], months[-1])
    return (
        "select distinct person from generation.people.tier_move "
        f"where month between {seen.bind(first)} and {seen.bind(last)} "
        f"and is_up = {seen.bind(condition.one('moved') == 'up')} and {seen.within()}"
    )


def _outside(condition: Condition, month: int, *known: int) -> Problem:
    return Problem("cohort_outside", condition=str(condition), value=Month(month),
                   known=span(*known) if known else "-")  # fmt: skip


SELECTS: dict[str, Callable[[Condition, _Seen], str]] = {
    "active": _active,
    "silent": _silent,
    "sourced": _sourced,
    "holds": _holds,
    "tier": _tier,
}
