"""Answers to surveys as codes, and the tables they are written to."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields

import numpy as np
import polars as pl

from ecosphere.demo.arrays import UNKNOWN, Ints
from ecosphere.demo.columns import flags, look_up, moments, text
from ecosphere.demo.journeys import STAGES, TOUCHPOINTS
from ecosphere.demo.past import MISSING, Past

FACTORS = ("product", "service", "convenience", "security", "profitability", "relationship")
QUESTIONS = ("nps", "csat", "ces", *(f"factor:{name}" for name in FACTORS))
NPS, CSAT, CES, FIRST_FACTOR = 0, 1, 2, 3
SCALE_MIN = np.array([0, 1, 1, *[1] * len(FACTORS)], np.int8)
SCALE_MAX = np.array([10, 5, 7, *[5] * len(FACTORS)], np.int8)
KINDS = ("customer", "executive", "staff")
SURVEYS = ("relationship", "transactional")
RELATIONSHIP, TRANSACTIONAL = 0, 1
COLLECTED = ("app", "sms", "phone", "branch", "web")
SERVICE = ("service_bot", "service_person", "service_bot_to_person")
PLACES = (*SERVICE, *TOUCHPOINTS)
RESULTS = ("closed", "open", "not_reached")


@dataclass(frozen=True)
class Answers:
    """One entry per answer; -1 is written as null."""

    kind: Ints
    respondent: Ints  # person, or the number of the executive or member of staff
    second: Ints
    question: Ints
    score: Ints
    survey: Ints
    collected: Ints
    wave: Ints
    place: Ints = field(default_factory=lambda: np.zeros(0))
    stage: Ints = field(default_factory=lambda: np.zeros(0))
    wanted: Ints = field(default_factory=lambda: np.zeros(0))
    followed: Ints = field(default_factory=lambda: np.zeros(0))
    result: Ints = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        """What is not given is missing everywhere."""
        for name in ("place", "stage", "wanted", "followed", "result"):
            if not len(getattr(self, name)):
                object.__setattr__(self, name, np.full(len(self.kind), UNKNOWN, np.int64))

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(frozen=True)
class Invitations:
    """One entry per invitation."""

    person: Ints
    second: Ints
    survey: Ints
    delivered: Ints  # 1, 0, -1 not known
    answered: Ints


def joined(parts: Iterable[Answers]) -> Answers:
    """All of them."""
    given = list(parts)
    names = [one.name for one in fields(Answers)]
    return Answers(*(np.concatenate([getattr(p, name) for p in given]) for name in names))


def answers_table(past: Past, waves: tuple[str, ...], all_: Answers) -> pl.DataFrame:
    """The export, by survey, wave and question."""
    customer = np.where(all_.kind == 0, all_.respondent, UNKNOWN)
    ids = look_up(past.ids.customer, customer)
    most = int(all_.respondent[all_.kind > 0].max(initial=0))
    labels = [
        f"{kind[0].upper()}{number:04}" for kind in KINDS[1:] for number in range(1, most + 1)
    ]
    others = np.where(
        all_.kind > 0, (all_.kind.astype(np.int64) - 1) * most + all_.respondent - 1, UNKNOWN
    )
    respondent = ids.to_frame("id").with_columns(other=text(labels, others))
    table = pl.DataFrame(
        {
            "respondent_id": respondent.select(pl.coalesce("id", "other")).to_series(),
            "respondent_kind": text(KINDS, all_.kind),
            "answered_at": moments(all_.second),
            "question": text(QUESTIONS, all_.question),
            "score": all_.score.astype(np.int8),
            "scale_min": SCALE_MIN[all_.question],
            "scale_max": SCALE_MAX[all_.question],
            "customer_id": ids,
            "survey_kind": text(SURVEYS, all_.survey),
            "collected_by": text(COLLECTED, all_.collected),
            "touchpoint": text(PLACES, all_.place),
            "stage": text(STAGES, all_.stage),
            "wave": text(waves, all_.wave),
            "wanted": _number(all_.wanted),
            "followed_up_at": moments(all_.followed),
            "follow_up_result": text(RESULTS, all_.result),
        }
    )
    key = ["respondent_id", "question", "answered_at"]
    order = ["survey_kind", "wave", "question", "answered_at", "respondent_id"]
    return table.unique(key, keep="first", maintain_order=True).sort(order, maintain_order=True)


def invitations_table(past: Past, parts: Iterable[Invitations]) -> pl.DataFrame:
    """The export, in order of time."""
    given = list(parts)
    names = [one.name for one in fields(Invitations)]
    all_ = Invitations(*(np.concatenate([getattr(p, name) for p in given]) for name in names))
    order = np.lexsort((all_.person, all_.second))
    delivered = all_.delivered[order]
    return pl.DataFrame(
        {
            "invitation_id": np.arange(1, len(order) + 1, dtype=np.int64),
            "customer_id": look_up(past.ids.customer, all_.person[order]),
            "invited_at": moments(all_.second[order]),
            "survey_kind": text(SURVEYS, all_.survey[order]),
            "delivered": flags(delivered == 1, delivered >= 0),
            "answered": pl.Series(all_.answered[order] == 1),
        }
    )


def delivered(rng: np.random.Generator, count: int) -> Ints:
    """Nearly all; of a few nobody knows."""
    state = rng.random(count)
    found: Ints = np.where(state < 0.94, 1, np.where(state < 0.98, 0, MISSING))
    return found


def _number(values: Ints) -> pl.Series:
    return pl.Series(values.astype(np.int8)).set(pl.Series(values < 0), None)
