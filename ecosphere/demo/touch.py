"""Transactional surveys: a few questions after a contact with service, or after a journey."""

import numpy as np

from ecosphere.demo.answers import (
    CES,
    CSAT,
    SCALE_MAX,
    SERVICE,
    TRANSACTIONAL,
    Answers,
    Invitations,
    delivered,
)
from ecosphere.demo.arrays import UNKNOWN, Floats, Ints
from ecosphere.demo.journeys import FACE_CHECK, STAGE_OF, STAGES, Steps
from ecosphere.demo.past import DAY, Past, one_of
from ecosphere.demo.service import COMPLAINT, Contacts

_AFTER_CONTACT, _AFTER_STEP = 0.16, 0.10  # of contacts; of the last steps of journeys
_ANSWERS = 0.27
_COLLECTED = np.array([0.6, 0.4, 0.0, 0.0, 0.0])
_OF_FIVE = np.array([-1.6, -1.0, -0.3, 0.8])
_OF_SEVEN = np.array([-1.9, -1.3, -0.8, -0.3, 0.3, 1.1])
_BOT_MOOD = np.array([0.0, 0.25, -0.1])  # by who handled it
_UNRESOLVED, _COMPLAINT, _FACE_CHECK, _ABANDONED = -1.1, -0.5, -0.9, -0.5


def touch_answers(
    past: Past, contacts: Contacts, steps: Steps
) -> tuple[list[Answers], list[Invitations]]:
    """Answers and invitations of both kinds of occasion."""
    mood = _BOT_MOOD[contacts.handled] + _UNRESOLVED * ~contacts.resolved
    mood = mood + _COMPLAINT * (contacts.kind == COMPLAINT)
    use = np.full(len(contacts), STAGES.index("use"))
    at_contact = (contacts.person, contacts.second, contacts.handled.astype(np.int64), use)
    last = np.flatnonzero(np.append(steps.journey[1:] != steps.journey[:-1], len(steps) > 0))
    touched = steps.touchpoint[last]
    sad = _FACE_CHECK * (touched == FACE_CHECK) + _ABANDONED * (steps.outcome[last] == 1)
    place = touched.astype(np.int64) + len(SERVICE)
    at_step = (steps.person[last], steps.second[last], place, STAGE_OF[touched].astype(np.int64))
    parts = [
        _occasion(past, 0, _AFTER_CONTACT, at_contact, mood),
        _occasion(past, 1, _AFTER_STEP, at_step, sad.astype(float)),
    ]
    return [answers for answers, _ in parts], [asked for _, asked in parts]


def _occasion(
    past: Past, number: int, share: float, at: tuple[Ints, Ints, Ints, Ints], mood: Floats
) -> tuple[Answers, Invitations]:
    rng = past.rng("touch", number)
    person, second, place, stage = at
    invited = second + rng.integers(1800, 3 * 3600, len(second))
    chosen = np.flatnonzero((rng.random(len(person)) < share) & (invited < past.end))
    arrived = delivered(rng, len(chosen))
    asked = invited[chosen]
    when = asked + rng.integers(120, 2 * DAY, len(chosen))
    answers = (rng.random(len(chosen)) < _ANSWERS) & (arrived != 0) & (when < past.end)
    who = chosen[answers]
    felt = mood[who] + rng.standard_normal(len(who))
    ease = 0.7 * felt + 0.6 * rng.standard_normal(len(who))
    scores = [np.searchsorted(_OF_FIVE, felt) + 1, np.searchsorted(_OF_SEVEN, ease) + 1]
    count = 2 * len(who)
    question = np.repeat(np.array([CSAT, CES], np.int8), len(who))
    given = Answers(
        kind=np.zeros(count, np.int8),
        respondent=np.tile(person[who], 2),
        second=np.tile(when[answers], 2),
        question=question,
        score=np.minimum(np.concatenate(scores), SCALE_MAX[question]),
        survey=np.full(count, TRANSACTIONAL, np.int8),
        collected=np.tile(one_of(rng, _COLLECTED, len(who)), 2),
        wave=np.full(count, UNKNOWN),
        place=np.tile(place[who], 2),
        stage=np.tile(stage[who], 2),
    )
    survey = np.full(len(chosen), TRANSACTIONAL, np.int8)
    return given, Invitations(person[chosen], asked, survey, arrived, answers.astype(np.int8))
