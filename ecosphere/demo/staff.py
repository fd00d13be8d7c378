"""What executives and staff believe customers would say: close, but for one factor."""

import numpy as np

from ecosphere.demo.answers import (
    COLLECTED,
    FACTORS,
    FIRST_FACTOR,
    KINDS,
    RELATIONSHIP,
    Answers,
)
from ecosphere.demo.arrays import UNKNOWN, Floats
from ecosphere.demo.past import DAY, Past, daytime
from ecosphere.demo.waves import Wave

GOOD = 4  # of 5
GAP = FACTORS.index("convenience")
SIZES = {"executive": 40, "staff": 240}
_ABOVE = {"executive": 0.30, "staff": 0.12}  # of the share of customers who rate it good
_FEWEST = 30  # customers, to compare with


def staff_answers(past: Past, number: int, wave: Wave) -> list[Answers]:
    """Both groups, asked in the same wave; shares of good ratings are exact."""
    if not len(wave.person):
        return []
    return [_group(past, number, wave, kind) for kind in SIZES]


def good_of_customers(past: Past, wave: Wave) -> Floats:
    """Share of customers with consent who rate each factor good."""
    mine = past.people.consenting[wave.person]
    good = (wave.score[mine, FIRST_FACTOR:] >= GOOD).sum(axis=0)
    share: Floats = good / max(1, int(mine.sum()))
    return share


def gap_truth(past: Past, wave: Wave | None) -> dict[str, object] | None:
    """The factor that executives rate far above customers."""
    if wave is None:
        return None
    mine = past.people.consenting[wave.person]
    if mine.sum() < _FEWEST:
        return None
    share = good_of_customers(past, wave)
    believed = _good(share, "executive")
    gaps = believed / SIZES["executive"] - share
    if int(gaps.argmax()) != GAP:
        return None
    return {
        "note": "answers of 4 or 5 of 5 to a factor in the wave, [answers, good]: points ="
        " percentage points by which executives stand above customers, the most of all factors",
        "factor": FACTORS[GAP],
        "wave": wave.name,
        "executive": [SIZES["executive"], int(believed[GAP])],
        "staff": [SIZES["staff"], int(_good(share, "staff")[GAP])],
        "customer": [int(mine.sum()), round(float(share[GAP] * mine.sum()))],
        "points": round(100 * float(gaps[GAP]), 4),
    }


def _good(share: Floats, kind: str) -> Floats:
    """How many of the group rate each factor good."""
    above = np.zeros(len(FACTORS))
    above[GAP] = _ABOVE[kind]
    many: Floats = np.round(np.clip(share + above, 0.0, 1.0) * SIZES[kind])
    return many


def _group(past: Past, number: int, wave: Wave, kind: str) -> Answers:
    code, size = KINDS.index(kind), SIZES[kind]
    rng = past.rng("staff", 10 * wave.month + code)
    place = np.stack([rng.permutation(size) for _ in FACTORS], axis=1)
    good = place < _good(good_of_customers(past, wave), kind)
    up = rng.random(good.shape) < 0.35
    score = np.where(good, np.where(up, 5, 4), np.where(up, 2, 3)).astype(np.int8).ravel()
    count = len(score)
    day = np.full(size, int(wave.second.min() // DAY)) + rng.integers(0, 4, size)
    return Answers(
        kind=np.full(count, code, np.int8),
        respondent=np.repeat(np.arange(1, size + 1), len(FACTORS)),
        second=np.repeat(daytime(rng, day), len(FACTORS)),
        question=np.tile(np.arange(len(FACTORS), dtype=np.int8) + FIRST_FACTOR, size),
        score=score,
        survey=np.full(count, RELATIONSHIP, np.int8),
        collected=np.full(count, COLLECTED.index("web"), np.int8),
        wave=np.full(count, number),
        wanted=np.full(count, UNKNOWN),
    )
