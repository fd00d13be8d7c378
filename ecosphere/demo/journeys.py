"""Journeys through the five stages, with one touchpoint at which many stop."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from ecosphere.demo.arrays import Flags, Ints
from ecosphere.demo.columns import look_up, moments, text
from ecosphere.demo.past import DAY, Past, daytime, one_of

STAGES = ("awareness", "consideration", "purchase", "use", "loyalty")
TOUCHPOINTS = (
    "partner_banner",
    "push_message",
    "branch_poster",
    "product_page",
    "application_form",
    "face_check",
    "first_transaction",
    "points_mall",
    "referral",
)
FACE_CHECK = TOUCHPOINTS.index("face_check")
STAGE_OF = np.array([0, 0, 0, 1, 2, 2, 3, 4, 4], np.int8)
_OUTCOMES = ("completed", "abandoned", "ongoing")
_BEGUN = 0.035  # of the customers active in the month
_STEPS = 6
_GOES_ON = (0.74, 0.66, 0.80, 0.52, 0.62, 0.9)  # the last one: completes the journey
_SECONDS = np.array([8, 6, 20, 95, 240, 160, 120, 70, 90])  # median stay, by touchpoint
_VERSIONS = ("7.0", "7.1", "8.0")
_FEWEST = 100  # face checks


@dataclass(frozen=True)
class Steps:
    """One entry per step, journey by journey."""

    person: Ints
    second: Ints
    touchpoint: Ints
    outcome: Ints
    stays: Ints
    journey: Ints
    seq: Ints

    def __len__(self) -> int:
        return len(self.person)


def build_steps(past: Past) -> Steps:
    """The steps of the whole window."""
    parts = [_month(past, month) for month in range(len(past.firsts))]
    journeys = np.cumsum([0, *(p[0].shape[0] for p in parts)])
    person = np.concatenate([p[0] for p in parts])
    begun = np.concatenate([p[1] for p in parts])
    rng = past.rng("journeys", len(past.firsts))
    order = np.argsort(begun, kind="stable")
    return _walk(past, rng, person[order], begun[order], int(journeys[-1]))


def steps_table(past: Past, steps: Steps) -> pl.DataFrame:
    """The export."""
    month = past.month_of(steps.second)
    version = np.minimum(3 * month // len(past.firsts), len(_VERSIONS) - 1)
    return pl.DataFrame(
        {
            "customer_id": look_up(past.ids.customer, steps.person),
            "occurred_at": moments(steps.second),
            "stage": text(STAGES, STAGE_OF[steps.touchpoint]),
            "touchpoint": text(TOUCHPOINTS, steps.touchpoint),
            "outcome": text(_OUTCOMES, steps.outcome),
            "duration_s": steps.stays,
            "journey_id": steps.journey,
            "seq": steps.seq,
            "app_version": text(_VERSIONS, version),
        }
    )


def journey_truth(past: Past, steps: Steps) -> dict[str, object] | None:
    """The touchpoint at which most people stop."""
    mine = past.people.consenting[steps.person] & (steps.outcome != 2)
    size = len(TOUCHPOINTS)
    done = np.bincount(steps.touchpoint[mine & (steps.outcome == 0)], minlength=size)
    over = np.bincount(steps.touchpoint[mine], minlength=size)
    if over[FACE_CHECK] < _FEWEST:
        return None
    share = done / np.maximum(over, 1)
    if int(share.argmin()) != FACE_CHECK:
        return None
    return {
        "note": "steps that ended, [completed or abandoned, completed] by touchpoint: the one of"
        " the fewest completed is where the journey breaks",
        "touchpoint": TOUCHPOINTS[FACE_CHECK],
        "steps": {
            name: [int(all_), int(some)]
            for name, all_, some in zip(TOUCHPOINTS, over, done, strict=True)
        },
    }


def _month(past: Past, month: int) -> tuple[Ints, Ints]:
    rng = past.rng("journeys", month)
    able = past.seen.people[month] & (past.people.became < past.firsts[month])
    person = np.flatnonzero(able & (rng.random(len(able)) < _BEGUN))
    day = past.firsts[month] + rng.integers(0, past.window.days(month), len(person))
    return person, daytime(rng, day)


def _walk(past: Past, rng: np.random.Generator, person: Ints, begun: Ints, count: int) -> Steps:
    """How far each journey comes; a step after the last day makes the one before it ongoing."""
    goes = rng.random((count, _STEPS)) < np.array(_GOES_ON)
    reaches = np.ones((count, _STEPS), bool)
    reaches[:, 1:] = np.logical_and.accumulate(goes[:, :-1], axis=1)
    touch = np.empty((count, _STEPS), np.int8)
    touch[:, 0] = one_of(rng, np.array([0.5, 0.35, 0.15]), count)
    touch[:, 1:5] = np.arange(3, 7)
    touch[:, 5] = 7 + one_of(rng, np.array([0.7, 0.3]), count)
    stays = (_SECONDS[touch] * rng.lognormal(0.0, 0.5, touch.shape)).astype(np.int64) + 1
    waits = np.where(np.arange(_STEPS) < 4, rng.integers(30, 4 * 3600, touch.shape), 0)
    waits[:, 3:] += rng.integers(1, 20, (count, _STEPS - 3)) * DAY
    waits[:, 0] = 0
    second = begun[:, None] + np.cumsum(waits, axis=1)
    second[:, 1:] += np.cumsum(stays, axis=1)[:, :-1]
    shown: Flags = reaches & (second < past.end)
    outcome = np.where(goes, 0, 1).astype(np.int8)
    cut = shown[:, :-1] & reaches[:, 1:] & ~shown[:, 1:]
    outcome[:, :-1][cut] = 2
    row, seq = np.nonzero(shown)
    return Steps(
        person=person[row],
        second=second[row, seq],
        touchpoint=touch[row, seq],
        outcome=outcome[row, seq],
        stays=stays[row, seq].astype(np.int32),
        journey=row.astype(np.int64) + 1,
        seq=seq.astype(np.int8),
    )
