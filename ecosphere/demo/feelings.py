"""What the relationship surveys must tell: a dip, and what drives satisfaction."""

from typing import Any

import numpy as np

from ecosphere.demo.answers import CSAT, FACTORS, FIRST_FACTOR, NPS
from ecosphere.demo.arrays import Flags, Floats
from ecosphere.demo.past import Past
from ecosphere.demo.rhythm import incident_day
from ecosphere.demo.waves import WEIGHTS, Wave, after_incident

_FEWEST = 30  # answers of app users in a wave
_FEWEST_FOR_DRIVERS = 300
_DEEP = 12.0  # points of NPS: a smaller dip could be chance


def dip_truth(past: Past, waves: list[Wave]) -> dict[str, Any] | None:
    """NPS of app users and others in the quarter of the incident and the ones beside it."""
    at = next((i for i, wave in enumerate(waves) if after_incident(past, wave.month)), None)
    incident = incident_day(past.window)
    if not at or incident is None:
        return None
    before, dip = waves[at - 1], waves[at]
    groups = {
        wave.name: {
            "app_users": _nps(past, wave, wave.app_user),
            "others": _nps(past, wave, ~wave.app_user),
        }
        for wave in waves[at - 1 : at + 2]
    }
    falls = groups[before.name]["app_users"], groups[dip.name]["app_users"]
    if min(f[0] for f in falls) < _FEWEST or _points(falls[0]) - _points(falls[1]) < _DEEP:
        return None
    return {
        "note": "relationship surveys, [answers, promoters, detractors] of nps by wave; app_users ="
        " respondents with an initiated event without scene_user_id in the wave's quarter. The app"
        " was down on the day of the incident in the calendar: only they are less satisfied",
        "wave": dip.name,
        "incident_on": incident.isoformat(),
        "waves": groups,
        "nps": {name: round(_points(g["app_users"]), 2) for name, g in groups.items()},
    }


def drivers_truth(past: Past, waves: list[Wave]) -> dict[str, Any] | None:
    """The weights that satisfaction was made with, and what the answers give for them."""
    scores = [wave.score[past.people.consenting[wave.person]] for wave in waves]
    all_ = np.concatenate(scores) if scores else np.zeros((0, FIRST_FACTOR + len(FACTORS)))
    if len(all_) < _FEWEST_FOR_DRIVERS:
        return None
    beta = _standardised(all_[:, FIRST_FACTOR:].astype(float), all_[:, CSAT].astype(float))
    return {
        "note": "csat of relationship surveys is a weighted sum of the six factors and chance, cut"
        " to its scale: weights as they were planted, and the standardised coefficients of least"
        " squares of csat on the six scores over all answers of people with consent",
        "answers": len(all_),
        "weights": dict(zip(FACTORS, WEIGHTS.tolist(), strict=True)),
        "standardised": {name: round(float(b), 4) for name, b in zip(FACTORS, beta, strict=True)},
    }


def _nps(past: Past, wave: Wave, group: Flags) -> list[int]:
    score = wave.score[group & past.people.consenting[wave.person], NPS]
    return [len(score), int((score >= 9).sum()), int((score <= 6).sum())]


def _points(counts: list[int]) -> float:
    return 100.0 * (counts[1] - counts[2]) / max(1, counts[0])


def _standardised(x: Floats, y: Floats) -> Floats:
    x, y = (x - x.mean(axis=0)) / x.std(axis=0), (y - y.mean()) / y.std()
    beta: Floats = np.linalg.lstsq(x, y, rcond=None)[0]
    return beta
