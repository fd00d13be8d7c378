"""When things happen: week, year, Spring Festival, holidays, campaigns, an incident."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ecosphere.demo.arrays import Floats, Ints, draw_slices
from ecosphere.demo.partners import SCENES
from ecosphere.demo.window import Window

SPRING_FESTIVALS = (
    date(2022, 2, 1),
    date(2023, 1, 22),
    date(2024, 2, 10),
    date(2025, 1, 29),
    date(2026, 2, 17),
)
QUANTA = 8192  # steps of the inverse distributions
_WEEKEND = (0.6, 1.2, 1.05, 0.55, 1.15, 0.7, 1.3, 0.9)  # by scene, against a working day
_YEARLY = (1.0, 0.96, 1.0, 0.99, 1.02, 1.03, 1.0, 0.99, 1.0, 1.02, 1.07, 1.04)
_HOLIDAY = (0.8, 1.2, 1.1, 0.8, 1.15, 0.7, 2.2, 0.9)
_INCIDENT = 0.3  # what is left of the own apps' events on the day
_HOURS = {
    "day": (1, 1, 1, 1, 1, 2, 4, 8, 14, 18, 20, 18, 14, 14, 17, 17, 15, 12, 9, 9, 9, 8, 5, 2),
    "meals": (3, 2, 1, 1, 1, 2, 5, 10, 9, 7, 10, 24, 22, 10, 6, 6, 8, 20, 24, 16, 10, 9, 7, 5),
    "peaks": (1, 1, 1, 1, 1, 4, 10, 26, 26, 12, 7, 7, 8, 8, 7, 8, 10, 22, 26, 14, 8, 7, 5, 2),
    "evening": (6, 3, 2, 1, 1, 1, 3, 5, 6, 7, 8, 9, 13, 11, 9, 9, 9, 11, 14, 20, 25, 26, 20, 12),
}
_HOURS_OF = ("day", "evening", "meals", "peaks", "evening", "day", "evening", "day")


@dataclass(frozen=True)
class Campaign:
    """A campaign in one scene, first and last day included; `wins_back`: for silent people."""

    id: str
    scene: int
    first: date
    last: date
    wins_back: bool = False


def build_campaigns(window: Window, back: int | None) -> tuple[Campaign, ...]:
    """One every four months, going round the scenes, and the one that wins people back."""
    months = range(1, len(window.firsts), 4)
    usual = [
        Campaign(f"K{window.firsts[m]:%Y%m}", 1 + i % 7, window.on(m, 8), window.on(m, 19))
        for i, m in enumerate(months)
    ]
    if back is not None:
        name = f"R{window.firsts[back]:%Y%m}"
        usual.append(Campaign(name, 0, window.on(back, 5), window.on(back, 25), wins_back=True))
    return tuple(usual)


def incident_day(window: Window) -> date | None:
    """A day without the main app for hours, in the tenth month before the end."""
    return window.on(window.last - 10, 12) if window.last >= 10 else None


def is_holiday(day: date) -> bool:
    """In the week of National Day or the days of Labour Day."""
    return (day.month, day.day) in _HOLIDAYS


_HOLIDAYS = {(10, d) for d in range(1, 8)} | {(5, d) for d in range(1, 6)}


def festival_factor(day: date) -> float:
    """More for ten days before the eve, much less for two weeks from the eve."""
    for festival in SPRING_FESTIVALS:
        offset = (day - festival).days
        if -1 <= offset < 13:
            return 0.55
        if -11 <= offset < -1:
            return 1.25
    return 1.0


def volume(window: Window, month: int) -> float:
    """Events of that month against an even one of 30.4 days, for a person of equal habits."""
    season = _YEARLY[window.firsts[month].month - 1]
    return season * sum(festival_factor(day) for day in _days(window, month)) / 30.4


def day_table(window: Window, month: int, campaigns: Iterable[Campaign]) -> Ints:
    """Day of the month from 0, by scene and quantum."""
    days = _days(window, month)
    weights = np.array([[_day_weight(day, s) for day in days] for s in range(len(SCENES))])
    for campaign in campaigns:
        here = [campaign.first <= day <= campaign.last for day in days]
        weights[campaign.scene, here] *= 1.0 if campaign.wins_back else 1.3
    incident = incident_day(window)
    if incident in days:
        weights[0, days.index(incident)] *= _INCIDENT
    return draw_slices(weights, QUANTA)


def hour_table() -> Ints:
    """Hour of the day, by scene and quantum."""
    weights: Floats = np.array([_HOURS[kind] for kind in _HOURS_OF], float)
    return draw_slices(weights, QUANTA)


def _days(window: Window, month: int) -> list[date]:
    first = window.firsts[month]
    return [first + timedelta(days=d) for d in range(window.days(month))]


def _day_weight(day: date, scene: int) -> float:
    week = _WEEKEND[scene] if day.weekday() >= 5 else 1.0
    holiday = _HOLIDAY[scene] if is_holiday(day) else 1.0
    return week * holiday * festival_factor(day)
