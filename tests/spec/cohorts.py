"""Who is in a cohort: person by person, event by event. A cohort is a tree of `cohort_trees`."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from tests.spec import oracle, tiers
from tests.spec.cohort_trees import Tree
from tests.spec.exports import World

RANKS = ("mass", "affluent", "wealth", "private")


class Refused(Exception):
    """The cohort asks for what nobody can know."""


class Deed(NamedTuple):
    """Somebody did something that counts."""

    person: str
    day: date
    partner: str
    scene: str
    channel: str
    kind: str | None


@dataclass(frozen=True)
class Oracle:
    """A world as of a day, and who is in a cohort of it."""

    world: World
    as_of: date

    def answer(self, tree: Tree) -> set[str]:
        word, parts = tree
        if word == "not":
            return self.people - self.answer(parts[0])
        if word == "and":
            return set.intersection(*map(self.answer, parts))
        if word == "or":
            return set.union(*map(self.answer, parts))
        told: dict[str, list[str]] = defaultdict(list)
        for key, value in parts:
            told[key].append(value)
        found: Callable[[dict[str, list[str]]], Iterable[str]] = getattr(self, f"_{word}")
        return set(found(told))

    @cached_property
    def people(self) -> set[str]:
        return {person for person in self.world.customers if oracle.consents(self.world, person)}

    @cached_property
    def data_end(self) -> date:
        return oracle.data_end(self.world.events)

    @cached_property
    def data_begin(self) -> date:
        return min(event.occurred_at.date() for event in self.world.events)

    @cached_property
    def deeds(self) -> list[Deed]:
        """What is seen as of the day."""
        known = oracle.links(self.world, self.data_end)
        scenes = self.world.partners or {}
        found = []
        for event in self.world.events:
            day = event.occurred_at.date()
            linked = known.get((event.partner_id, event.scene_user_id), ())
            person = event.customer_id or oracle.linked(linked, day)
            is_seen = self._place(day) <= self._place(self.as_of)
            if self.as_of < self.data_end:
                is_seen = day <= self.as_of
            if person in self.people and is_seen and oracle.counts(event, oracle.ANY):
                scene = scenes.get(event.partner_id) or ""
                found.append(Deed(person, day, event.partner_id or "", scene, event.channel or "",
                                  event.event_type))  # fmt: skip
        return found

    def _place(self, day: date) -> int:
        return day.year * 12 + day.month

    def _month(self, told: str) -> int:
        if len(told) == 7:
            return int(told[:4]) * 12 + int(told[5:])
        return self._place(self.as_of) + int(told)

    def _period(self, told: dict[str, list[str]], first: int, last: int) -> range:
        start = self._month(told["from"][0]) if told["from"] else first
        stop = self._month(told["to"][0]) if told["to"] else last
        if start > stop or start > last or stop < first:
            raise Refused
        return range(max(start, first), min(stop, last) + 1)

    def _there(self, told: dict[str, list[str]]) -> list[Deed]:
        """Deeds at the places that are told, by the definition that is told."""
        for key, known in self._codes.items():
            if not known >= {"" if value == "not_stated" else value for value in told[key]}:
                raise Refused
        if told["scene"] and not self.world.partners:
            raise Refused
        wanted = oracle.WANTED[(told["definition"] or ["any_scene"])[0]]
        return [
            deed
            for deed in self.deeds
            if wanted in (None, deed.kind)
            and all(
                not told[key] or (getattr(deed, key) or "not_stated") in told[key]
                for key in ("partner", "scene", "channel")
            )
        ]

    @cached_property
    def _codes(self) -> dict[str, set[str]]:
        partners = {event.partner_id or "" for event in self.world.events}
        partners |= set(self.world.partners or ())
        return {
            "partner": partners,
            "scene": {(self.world.partners or {}).get(name) or "" for name in partners},
            "channel": {event.channel or "" for event in self.world.events},
        }

    def _active(self, told: dict[str, list[str]]) -> Iterable[str]:
        period = self._period(told, self._place(self.data_begin), self._place(self.as_of))
        days: dict[str, set[date]] = defaultdict(set)
        for deed in self._there(told):
            if self._place(deed.day) in period:
                days[deed.person].add(deed.day)
        least = int((told["days"] or ["1"])[0])
        return (person for person, found in days.items() if len(found) >= least)

    def _silent(self, told: dict[str, list[str]]) -> Iterable[str]:
        since = self._month(told["since"][0])
        if not self._place(self.data_begin) < since <= self._place(self.as_of):
            raise Refused
        deeds = self._there(told)
        before = {deed.person for deed in deeds if self._place(deed.day) < since}
        return before - {deed.person for deed in deeds if self._place(deed.day) >= since}

    def _sourced(self, told: dict[str, list[str]]) -> Iterable[str]:
        self._there({**told, "scene": [], "channel": [], "definition": []})  # refuses
        named = self._told("acquisition_partner_id")
        opened = self._told("became_customer_on")
        if not {"acquisition_partner_id", "became_customer_on"} & self._columns and (
            not self.world.accounts
        ):
            raise Refused
        for person in self.people:
            days = [account.opened_at.date() for account in self.world.accounts
                    if account.customer_id == person and account.opened_at]  # fmt: skip
            since = min([*days, *filter(None, [opened[person]])], default=None)
            if named[person]:
                is_seen = since is None or since <= self._until
                if named[person] in told["partner"] and is_seen:
                    yield person
                continue
            deeds = sorted((d.day, d.partner) for d in self.deeds if d.person == person)
            if not deeds or not (self.world.accounts or "became_customer_on" in self._columns):
                continue
            day, partner = deeds[0]
            is_new = day - self.data_begin > timedelta(days=90) and (since is None or since >= day)
            if is_new and (partner or "not_stated") in told["partner"]:
                yield person

    @property
    def _until(self) -> date:
        return self.as_of if self.as_of < self.data_end else oracle.last_day(self.as_of)

    @cached_property
    def _columns(self) -> set[str]:
        return set(next(iter(self.world.customers.values())))

    def _told(self, column: str) -> dict[str, Any]:
        return {person: told.get(column) for person, told in self.world.customers.items()}

    @cached_property
    def _held(self) -> list[tuple[str, date, str]]:
        return [(held.customer_id, held.month, held.category)
                for held in self.world.holdings if held.customer_id in self.people]  # fmt: skip

    def _holds(self, told: dict[str, list[str]]) -> Iterable[str]:
        (category,) = told["category"]
        months = {month for _, month, _ in self._held if oracle.last_day(month) <= self.as_of}
        if not months or category not in {category for *_, category in self._held}:
            raise Refused
        wanted = self._month(told["month"][0]) if told["month"] else self._place(max(months))
        if wanted not in map(self._place, months):
            raise Refused
        return (person for person, month, held in self._held
                if self._place(month) == wanted and held == category)  # fmt: skip

    def _tier(self, told: dict[str, list[str]]) -> Iterable[str]:
        low, high = self._tiers_known()
        if low > high or (told["from"] and self._month(told["from"][0]) < low):
            raise Refused
        period = self._period(told, low, high)
        return (person for person, place, is_up in self._moves()
                if place in period and is_up == (told["moved"] == ["up"]))  # fmt: skip

    def _tiers_known(self) -> tuple[int, int]:
        end = self._place(self.as_of)
        if "official_tier" in self._columns:
            return (self._place(self.data_begin) if self.world.history else end + 1), end
        months = [self._place(month) for _, month, _ in self._held]
        return (min(months) + 1, min(max(months), end)) if months else (1, 0)

    def _moves(self) -> Iterable[tuple[str, int, bool]]:
        if "official_tier" not in self._columns:
            for person, month, is_up in tiers.moves(self.world):
                yield person, self._month(month), is_up
            return
        for person in self.people:
            rank = None
            month = date(2025, 1, 1)
            while month <= self.data_end:
                profile = oracle.profile(self.world, person, month, self.data_end)
                (tier,) = profile["official_tier"]
                if tier in RANKS:
                    now = RANKS.index(tier)
                    if rank not in (None, now):
                        yield person, self._place(month), now > rank
                    rank = now
                month = oracle.after(month)
