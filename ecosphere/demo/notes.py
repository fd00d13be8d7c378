"""Dated notes of the calendar, and targets a little above or below what happened."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import numpy as np

from ecosphere.demo.arrays import Floats, Ints
from ecosphere.demo.partners import LEAVING, SCENES
from ecosphere.demo.rhythm import SPRING_FESTIVALS, Campaign, incident_day
from ecosphere.demo.window import Window
from ecosphere.demo.world import World

Note = tuple[date, str, str, str]  # on, kind, label, label_en
Target = tuple[str, date, float, str, str | None, str | None]
Groups = Mapping[str, Mapping[str, int]]  # dimension -> value -> people

_SCENE_WORDS = {
    "own_apps": ("自有应用", "own apps"),
    "video": ("视频", "video"),
    "food": ("餐饮", "food"),
    "transport": ("出行", "transport"),
    "shopping": ("购物", "shopping"),
    "health": ("健康", "health"),
    "travel": ("旅游", "travel"),
    "living": ("生活", "living"),
}
_AMBITION = 0.03  # targets swing this far around the trend
_PLANNED = {"e_accounts": (0.17, "increase"), "full_relationship": (0.40, "level")}


def calendar_notes(world: World) -> list[Note]:
    """Notes of the window, by day."""
    notes = [
        *_festivals(),
        *_holidays(world.window),
        *_bank(world),
        *map(_campaign, world.campaigns),
    ]
    return sorted(note for note in notes if world.window.covers(note[0]))


def _festivals() -> Iterator[Note]:
    for day in SPRING_FESTIVALS:
        yield day, "spring_festival", "春节", "Spring Festival"


def _holidays(window: Window) -> Iterator[Note]:
    for year in range(window.start.year, window.until.year + 1):
        yield date(year, 5, 1), "holiday", "劳动节假期", "Labour Day holiday"
        yield date(year, 10, 1), "holiday", "国庆节假期", "National Day holiday"


def _campaign(campaign: Campaign) -> Note:
    zh, en = _SCENE_WORDS[SCENES[campaign.scene]]
    if campaign.wins_back:
        label = f"老友回归活动({campaign.id})", f"Welcome-back campaign ({campaign.id})"
    else:
        label = f"{zh}场景满减活动({campaign.id})", f"Discounts in {en} ({campaign.id})"
    return campaign.first, "campaign", *label


def _bank(world: World) -> Iterator[Note]:
    """What happened at the bank: a departure, an incident, releases, a change of definition."""
    window, partners = world.window, world.partners
    if world.plan.left_on is not None:
        zh, en = partners.texts["name"][LEAVING], partners.texts["name_en"][LEAVING]
        label = f"合作方{zh}终止合作", f"Partner {en} leaves"
        yield world.plan.left_on, "incident", *label
    incident = incident_day(window)
    if incident is not None:
        yield incident, "incident", "手机银行服务中断", "Mobile banking down for hours"
    for number, month in enumerate(range(3, window.last, 9), start=1):
        label = f"手机银行 {number}.0 版发布", f"Mobile banking {number}.0 released"
        yield window.on(month, 16), "release", *label
    if window.last >= 6:
        label = "活跃口径不再计入系统推送", "Pushes no longer count as activity"
        yield window.firsts[window.last // 3], "definition_change", *label


def targets(window: Window, active: Ints, groups: Groups) -> list[Target]:
    """Levels of the last two calendar years, and for December those of groups and further plans.

    `active`: people by month; `groups`: people of the last finished month.
    """
    whole = [_whole_bank(window, active, month) for month in _target_months(window)]
    decembers = [target for target in whole if target[1].month == 12]
    parts = [
        target
        for december in decembers
        for dimension, people in groups.items()
        for target in _parts(december, dimension, people, int(active[finished(window)]))
    ]
    return whole + parts + [target for december in decembers for target in _plans(december)]


def finished(window: Window) -> int:
    """Index of the last month that is over, or of the only one."""
    is_over = (window.until + timedelta(days=1)).day == 1
    return window.last if is_over else max(0, window.last - 1)


def _target_months(window: Window) -> list[date]:
    """From the later of the window's start and January of last year to this December."""
    first = max(window.start, date(window.until.year - 1, 1, 1))
    years = range(first.year, window.until.year + 1)
    return [date(y, m, 1) for y in years for m in range(1, 13) if date(y, m, 1) >= first]


def _whole_bank(window: Window, active: Ints, month: date) -> Target:
    at = (month.year - window.start.year) * 12 + month.month - window.start.month
    over = np.arange(finished(window) + 1)
    trend: Floats = np.polyfit(over, active[over], 1 if len(over) > 1 else 0)
    level = np.polyval(trend, at) * (1.0 + _AMBITION * np.sin(0.5 * at + 1.0))
    return "mau", month, float(max(0.0, round(level))), "level", None, None


def _parts(
    december: Target, dimension: str, people: Mapping[str, int], total: int
) -> Iterator[Target]:
    """The bank's December level by each group's share, some asked for more than others."""
    for code, (value, count) in enumerate(people.items()):
        level = round(december[2] * count / max(1, total) * (1.0 + 0.06 * np.sin(2.1 * code)))
        yield "mau", december[1], float(level), "level", dimension, value


def _plans(december: Target) -> Iterator[Target]:
    """What else the bank has planned for the year, as shares of its December level."""
    for metric, (share, kind) in _PLANNED.items():
        yield metric, december[1], float(round(december[2] * share)), kind, None, None
