"""Contacts with the bank's service: who asks what, who answers, what comes back."""

from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from ecosphere.demo.arrays import Flags, Floats, Ints, day_number
from ecosphere.demo.columns import look_up, moments, text
from ecosphere.demo.past import DAY, MISSING, Past, daytime, one_of
from ecosphere.demo.rhythm import incident_day

CHANNELS = ("app", "mini_program", "partner_app", "web", "phone", "branch", "atm")
KINDS = ("enquiry", "request", "complaint")
COMPLAINT = KINDS.index("complaint")
HANDLED = ("bot", "person", "both")
BOT, PERSON, BOTH = range(len(HANDLED))
REASONS = (
    "balance",
    "login",
    "coupon",
    "product_terms",
    "card",
    "transfer_limit",
    "statement",
    "app_failure",
    "fee",
    "waiting_time",
    "partner_order",
    "sales_advice",
)
APP_FAILURE = REASONS.index("app_failure")
_RATE, _RATE_ACTIVE = 0.03, 0.022  # contacts a month of an account holder, more of an active one
_CHANNEL_SHARES = np.array([0.36, 0.10, 0.05, 0.08, 0.32, 0.07, 0.02])
_KIND_SHARES = np.array([0.61, 0.29, 0.10])
_REASON_SHARES = np.array(  # by kind
    [
        [0.26, 0.22, 0.18, 0.14, 0.10, 0.05, 0.05, 0, 0, 0, 0, 0],
        [0, 0.10, 0, 0, 0.45, 0.25, 0.20, 0, 0, 0, 0, 0],
        [0, 0, 0.08, 0, 0, 0, 0, 0.22, 0.28, 0.16, 0.16, 0.10],
    ]
)
_HANDLED_SHARES = np.array([0.52, 0.28, 0.20])  # where a bot can answer
_WITH_BOT = 5  # the first channels
_RESOLVED = np.array([0.80, 0.92, 0.86])  # by who handled it
_COMPLAINT_RESOLVED = 0.75
_COMES_BACK = 0.45  # of the unresolved ones, within a week
_SPIKE = 0.03  # of app users complain in the days after the incident
_FEWEST = 10  # a spike of fewer could not be shown


@dataclass(frozen=True)
class Contacts:
    """One entry per contact, in order of time; times are seconds, -1 none."""

    person: Ints
    second: Ints
    channel: Ints
    kind: Ints
    reason: Ints
    handled: Ints
    handed: Ints
    resolved: Flags
    closed: Ints

    def __len__(self) -> int:
        return len(self.person)

    def of(self, chosen: Ints) -> "Contacts":
        """Some of them, in that order."""
        return Contacts(*(getattr(self, field.name)[chosen] for field in fields(self)))


def build_contacts(past: Past) -> Contacts:
    """The contacts of the whole window."""
    months = [_month(past, month) for month in range(len(past.window.firsts))]
    columns = [
        np.concatenate([getattr(m, field.name) for m in months]) for field in fields(Contacts)
    ]
    all_ = Contacts(*columns)
    return all_.of(np.lexsort((all_.person, all_.second)))


def complained(past: Past, contacts: Contacts) -> Flags:
    """Months x people: a complaint in the month."""
    found = np.zeros(past.own.shape, bool)
    complaint = contacts.kind == COMPLAINT
    found[past.month_of(contacts.second[complaint]), contacts.person[complaint]] = True
    return found


def contacts_table(past: Past, contacts: Contacts) -> pl.DataFrame:
    """The export."""
    return pl.DataFrame(
        {
            "contact_id": np.arange(1, len(contacts) + 1, dtype=np.int64),
            "customer_id": look_up(past.ids.customer, contacts.person),
            "started_at": moments(contacts.second),
            "channel": text(CHANNELS, contacts.channel),
            "kind": text(KINDS, contacts.kind),
            "handled_by": text(HANDLED, contacts.handled),
            "handed_over_at": moments(contacts.handed),
            "resolved": contacts.resolved,
            "reason": text(REASONS, contacts.reason),
            "closed_at": moments(contacts.closed),
        }
    )


def complaints_truth(past: Past, contacts: Contacts) -> dict[str, object] | None:
    """By reason, and the month in which one reason stands out."""
    mine = past.people.consenting[contacts.person] & (contacts.kind == COMPLAINT)
    reasons = contacts.reason[mine]
    incident = incident_day(past.window)
    failures = reasons == APP_FAILURE
    by_month = np.bincount(
        past.month_of(contacts.second[mine][failures]), minlength=len(past.firsts)
    )
    if incident is None:
        return None
    spike = int(past.month_of(np.array([day_number(incident) * DAY]))[0])
    usual = int(np.delete(by_month, spike).max())
    if by_month[spike] < max(_FEWEST, 2 * usual):
        return None
    counts = np.bincount(reasons, minlength=len(REASONS))
    return {
        "note": "contacts of kind complaint by reason, and the month whose complaints of one"
        " reason are at least twice those of any other month",
        "by_reason": {name: int(n) for name, n in zip(REASONS, counts, strict=True) if n},
        "month": past.window.key(spike),
        "reason": REASONS[APP_FAILURE],
        "complaints": int(by_month[spike]),
        "most_in_another_month": usual,
    }


def _month(past: Past, month: int) -> Contacts:
    rng = past.rng("service", month)
    rate: Floats = _RATE + _RATE_ACTIVE * past.seen.people[month]
    person = np.repeat(np.arange(len(rate)), rng.poisson(rate))
    day = past.firsts[month] + rng.integers(0, past.window.days(month), len(person))
    kept = day >= past.people.became[person]
    person, day = person[kept], day[kept]
    kind = one_of(rng, _KIND_SHARES, len(person))
    reason = np.zeros(len(person), np.int8)
    for code, shares in enumerate(_REASON_SHARES):
        reason[kind == code] = one_of(rng, shares, int((kind == code).sum()))
    extra, on = _spike(past, month, rng)
    first = _handled(
        rng,
        np.concatenate([person, extra]),
        daytime(rng, np.concatenate([day, on])),
        np.concatenate([kind, np.full(len(extra), COMPLAINT, np.int8)]),
        np.concatenate([reason, np.full(len(extra), APP_FAILURE, np.int8)]),
    )
    return _until(past, _and_again(rng, first))


def _spike(past: Past, month: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """App users who complain in the week of the incident, and on which day."""
    incident = incident_day(past.window)
    if incident is None or past.window.firsts[month] != incident.replace(day=1):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    first = day_number(incident)
    users = np.flatnonzero(past.own[month] & (past.people.became <= first))
    angry = users[rng.random(len(users)) < _SPIKE]
    return angry, first + rng.integers(0, 6, len(angry))


def _handled(
    rng: np.random.Generator, person: Ints, second: Ints, kind: Ints, reason: Ints
) -> Contacts:
    """Who answered and how it ended."""
    count = len(person)
    channel = one_of(rng, _CHANNEL_SHARES, count)
    handled = one_of(rng, _HANDLED_SHARES, count)
    handled = np.where(channel < _WITH_BOT, handled, PERSON).astype(np.int8)
    complaint = kind == COMPLAINT
    handled[complaint & (handled == BOT)] = BOTH
    chance = np.where(complaint, _COMPLAINT_RESOLVED, _RESOLVED[handled])
    resolved = rng.random(count) < chance
    waits = rng.integers(60, 600, count)
    minutes = np.where(handled == BOT, 3.0, 12.0) * rng.lognormal(0.0, 0.6, count)
    days = np.where(complaint, rng.exponential(2.5, count), 0.0)
    lasts = (waits + minutes * 60 + days * DAY).astype(np.int64)
    return Contacts(
        person=person,
        second=second,
        channel=channel,
        kind=kind,
        reason=reason,
        handled=handled,
        handed=np.where(handled == BOTH, second + waits, MISSING),
        resolved=resolved,
        closed=np.where(complaint & ~resolved, MISSING, second + lasts),
    )


def _and_again(rng: np.random.Generator, first: Contacts) -> Contacts:
    """Some of the unresolved come back within a week for the same reason."""
    open_ = np.flatnonzero(~first.resolved & (rng.random(len(first)) < _COMES_BACK))
    later = first.second[open_] + rng.integers(DAY // 2, 6 * DAY, len(open_))
    second = later // DAY * DAY + first.second[open_] % DAY  # at the same time of another day
    second = np.maximum(second, first.second[open_] + 3600)
    again = _handled(rng, first.person[open_], second, first.kind[open_], first.reason[open_])
    both = [
        np.concatenate([getattr(first, field.name), getattr(again, field.name)])
        for field in fields(Contacts)
    ]
    return Contacts(*both)


def _until(past: Past, all_: Contacts) -> Contacts:
    """Only what has happened by the last day."""
    kept = all_.of(np.flatnonzero(all_.second < past.end))
    handed, closed = past.known(kept.handed), past.known(kept.closed)
    columns = {field.name: getattr(kept, field.name) for field in fields(Contacts)}
    return Contacts(**(columns | {"handed": handed, "closed": closed}))
