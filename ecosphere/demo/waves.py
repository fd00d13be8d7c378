"""Relationship surveys, one wave a quarter: what customers feel and why."""

from dataclasses import dataclass

import numpy as np

from ecosphere.demo.answers import (
    FACTORS,
    FIRST_FACTOR,
    NPS,
    QUESTIONS,
    RELATIONSHIP,
    SCALE_MAX,
    Answers,
    Invitations,
    delivered,
)
from ecosphere.demo.arrays import UNKNOWN, Flags, Floats, Ints
from ecosphere.demo.past import DAY, MISSING, Past, daytime, one_of
from ecosphere.demo.rhythm import incident_day

WEIGHTS = np.array([0.14, 0.26, 0.24, 0.10, 0.17, 0.09])  # of the factors, on satisfaction
_ALIKE = 0.6  # weight of what all factors of a person have in common
_MEANS = np.array([0.25, 0.35, 0.0, 0.75, -0.15, 0.1])
_COMPLAINED = np.array([0.0, -0.9, -0.2, 0.0, 0.0, -0.4])
_INCIDENT = np.array([0.0, -0.1, -0.7, -0.3, 0.0, -0.1])
_INCIDENT_NPS = -0.35
_OF_FIVE = np.array([-1.75, -1.0, -0.1, 0.95])
_OF_SEVEN = np.array([-2.0, -1.4, -0.9, -0.3, 0.35, 1.2])
_OF_ELEVEN = np.array(  # NPS, 21 % up to 6 and 40 % from 9 on, where nothing has happened
    [-2.326, -2.054, -1.812, -1.645, -1.44, -1.126, -0.806, -0.358, 0.253, 0.842]
)
_BOUNDS = (_OF_ELEVEN, _OF_FIVE, _OF_SEVEN, *[_OF_FIVE] * len(FACTORS))
_INVITED, _AT_MOST = 0.30, 40_000  # of the customers; a large bank asks a sample
_ANSWERS = np.array([0.16, 0.20, 0.24, 0.28, 0.31, 0.33, 0.22])  # by age, the last: not stated
_COLLECTED = np.array([0.55, 0.35, 0.10, 0.0, 0.0])
_FIRST_DAY, _DAYS = 16, 8  # of the last month of the quarter


@dataclass(frozen=True)
class Wave:
    """The answers of one quarter's customers: people x QUESTIONS of scores."""

    name: str
    month: int
    person: Ints
    second: Ints
    collected: Ints
    score: Ints
    app_user: Flags  # an initiated event at an own app in the quarter


def build_waves(past: Past, complained: Flags) -> tuple[list[Wave], list[Invitations]]:
    """A wave in each quarter whose last month is over and that began within the data."""
    months = [
        m for m in range(2, past.over + 1) if past.window.firsts[m].month % 3 == 0
    ]  # the quarter's three months are in the data
    found = [_wave(past, complained, month) for month in months if _whole(past, month)]
    return [wave for wave, _ in found], [asked for _, asked in found]


def wave_answers(past: Past, number: int, wave: Wave) -> Answers:
    """Every question of every respondent, what they want, and the calls to detractors."""
    rng = past.rng("waves", 1000 + wave.month)
    count, size = len(wave.person), len(QUESTIONS)
    question = np.tile(np.arange(size, dtype=np.int8), count)
    score = wave.score.ravel()
    factor = question >= FIRST_FACTOR
    more = np.minimum(score + one_of(rng, np.array([0.4, 0.4, 0.2]), len(score)), 5)
    second = np.repeat(wave.second, size)
    called = (question == NPS) & (score <= 6) & (rng.random(len(score)) < 0.62)
    soon = second + (rng.exponential(1.6, len(score)) * DAY).astype(np.int64) + 3600
    followed = past.known(np.where(called, soon, MISSING))
    result = one_of(rng, np.array([0.72, 0.16, 0.12]), len(score))
    return Answers(
        kind=np.zeros(len(score), np.int8),
        respondent=np.repeat(wave.person, size),
        second=second,
        question=question,
        score=score,
        survey=np.full(len(score), RELATIONSHIP, np.int8),
        collected=np.repeat(wave.collected, size),
        wave=np.full(len(score), number),
        wanted=np.where(factor, np.maximum(more, 3), UNKNOWN),
        followed=followed,
        result=np.where(followed >= 0, result, UNKNOWN),
    )


def after_incident(past: Past, month: int) -> bool:
    """The wave of the quarter in which the app was down."""
    incident = incident_day(past.window)
    if incident is None:
        return False
    first = past.window.firsts[month]
    same = (incident.year, (incident.month - 1) // 3) == (first.year, (first.month - 1) // 3)
    return same and incident < first.replace(day=_FIRST_DAY)


def _whole(past: Past, month: int) -> bool:
    return past.window.days(month) >= _FIRST_DAY + _DAYS


def _wave(past: Past, complained: Flags, month: int) -> tuple[Wave, Invitations]:
    rng = past.rng("waves", month)
    customers = np.flatnonzero(past.people.became < past.firsts[month])
    size = min(round(_INVITED * len(customers)), _AT_MOST)
    asked = np.sort(rng.permutation(customers)[:size])
    day = past.firsts[month] + _FIRST_DAY - 1 + rng.integers(0, _DAYS, size)
    invited, arrived = daytime(rng, day), delivered(rng, size)
    chance = _ANSWERS[past.people.age[asked]] * (arrived != 0)
    second = invited + rng.integers(300, 5 * DAY, size)
    answers = (rng.random(size) < chance) & (second < past.end)
    person = asked[answers]
    quarter = slice(month - 2, month + 1)
    app_user: Flags = np.logical_or.reduce(past.own[quarter])[person]
    angry: Flags = np.logical_or.reduce(complained[quarter])[person]
    hit: Flags = app_user & after_incident(past, month)
    first = past.window.firsts[month]
    wave = Wave(
        name=f"{first.year}Q{first.month // 3}",
        month=month,
        person=person,
        second=second[answers],
        collected=one_of(rng, _COLLECTED, len(person)),
        score=_scores(rng, angry, hit),
        app_user=app_user,
    )
    survey = np.full(size, RELATIONSHIP, np.int8)
    return wave, Invitations(asked, invited, survey, arrived, answers.astype(np.int8))


def _scores(rng: np.random.Generator, angry: Flags, hit: Flags) -> Ints:
    """People x QUESTIONS; satisfaction is the weighted sum of the factors, and chance."""
    count = len(angry)
    common = rng.standard_normal((count, 1))
    felt: Floats = _ALIKE * common + 0.8 * rng.standard_normal((count, len(FACTORS)))
    felt += angry[:, None] * _COMPLAINED + hit[:, None] * _INCIDENT
    spread = float(np.sqrt(WEIGHTS @ (0.36 + 0.64 * np.eye(len(FACTORS))) @ WEIGHTS))
    satisfied = 0.85 * (felt @ WEIGHTS) / spread + 0.53 * rng.standard_normal(count)
    recommends = 0.8 * satisfied + 0.6 * rng.standard_normal(count) + _INCIDENT_NPS * hit
    easy = 0.7 * felt[:, FACTORS.index("convenience")] + 0.7 * rng.standard_normal(count)
    latent = np.column_stack([recommends, satisfied, easy, felt + _MEANS])
    columns = [np.searchsorted(bounds, latent[:, i]) for i, bounds in enumerate(_BOUNDS)]
    lowest = np.array([0, *[1] * (len(QUESTIONS) - 1)])
    scores: Ints = np.minimum(np.column_stack(columns) + lowest, SCALE_MAX).astype(np.int8)
    return scores
