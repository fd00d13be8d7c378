"""The bank's units: one bank, a tier-1 branch per region, tier-2 branches and outlets."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from ecosphere.demo.arrays import NEVER, UNKNOWN, Ints
from ecosphere.demo.columns import text
from ecosphere.demo.people import REGIONS, People
from ecosphere.demo.window import generator

_NAMES = """
北京 上海 广州 深圳
天津 重庆 成都 杭州 南京 苏州 武汉 西安 长沙 郑州 青岛 宁波 东莞 合肥 佛山
济南 厦门 福州 无锡 温州 沈阳 大连 哈尔滨 长春 昆明 南宁 南昌 贵阳 太原 石家庄
兰州 乌鲁木齐 呼和浩特 海口
"""
_ZH = tuple(_NAMES.split())  # as REGIONS
_SIDES = (("城东", "East"), ("城西", "West"), ("城南", "South"))
_BIG = 19  # the first regions have three tier-2 branches, the others two
_OUTLETS = 3  # of a tier-2 branch
_EN = {"xian": "Xi'an", "urumqi": "Urumqi"}
_MANAGED = np.array([0.04, 0.35, 0.85, 1.0, 0.02])  # by tier; the last: not stated
_GROUPS = ("campus", "new_citizen", "car_owner", "homeowner", "trader", "premium")
_GROUP_SHARES = (0.05, 0.08, 0.16, 0.14, 0.06, 0.04)


@dataclass(frozen=True)
class Units:
    """One entry per unit, from the bank down; `parent` is an index, -1 at the top."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    names_en: tuple[str, ...]
    level: tuple[str, ...]
    parent: Ints
    outlets: Ints  # regions x outlets: indices, -1 where a region has fewer
    outlet: Ints  # by person: the managing unit, -1 none

    def branches(self) -> Ints:
        """Indices of the tier-1 branches, by region."""
        return np.array([i for i, level in enumerate(self.level) if level == "2"])


def build_units(people: People, seed: int) -> Units:
    """The tree, and the outlet that manages each account holder whose region is stated."""
    rows: list[tuple[str, str, str, int]] = [("澄湖银行", "Chenghu Bank", "1", UNKNOWN)]
    for region, zh in enumerate(_ZH):
        rows.append((f"{zh}分行", f"{_english(region)} Branch", "2", 0))
    outlets = np.full((len(REGIONS), _OUTLETS * len(_SIDES)), UNKNOWN)
    for region, zh in enumerate(_ZH):
        for side, (zh_side, en_side) in enumerate(_SIDES[: 3 if region < _BIG else 2]):
            above, en = len(rows), f"{_english(region)} {en_side}"
            rows.append((f"{zh}{zh_side}分行", f"{en} Branch", "3", region + 1))
            for n in range(_OUTLETS):
                outlets[region, side * _OUTLETS + n] = len(rows)
                rows.append((f"{zh}{zh_side}第{n + 1}支行", f"{en} Outlet {n + 1}", "4", above))
    names, names_en, levels, parents = zip(*rows, strict=True)
    ids = tuple(f"B{i:03}" for i in range(len(rows)))
    outlet = _outlets_of(people, outlets, seed)
    return Units(ids, names, names_en, levels, np.array(parents), outlets, outlet)


def branches_table(units: Units) -> pl.DataFrame:
    """The export."""
    return pl.DataFrame(
        {
            "branch_id": list(units.ids),
            "name": list(units.names),
            "level": list(units.level),
            "parent_id": text(units.ids, units.parent),
            "name_en": list(units.names_en),
        }
    )


def managed_columns(units: Units, people: People, tier: Ints, seed: int) -> dict[str, pl.Series]:
    """What customers say of their unit, their groups and their relationship manager."""
    rng = generator(seed, "managed")
    count = len(people)
    holds = people.became < NEVER
    groups = np.full(count, "", object)
    for name, share in zip(_GROUPS, _GROUP_SHARES, strict=True):
        some = holds & (rng.random(count) < share)
        groups[some] = groups[some] + (";" + name)
    joined = pl.Series(groups, dtype=pl.String).str.strip_prefix(";")
    managed = holds & (rng.random(count) < _MANAGED[tier])
    return {
        "branch_id": text(units.ids, units.outlet),
        "customer_groups": joined.set(joined == "", None),
        "is_managed": pl.Series(managed),
    }


def _english(region: int) -> str:
    name = REGIONS[region]
    return _EN.get(name, name.capitalize())


def _outlets_of(people: People, outlets: Ints, seed: int) -> Ints:
    """The first outlets of a region have more people than the last."""
    rng = generator(seed, "units")
    many = (outlets >= 0).sum(axis=1)[people.region]
    place = (rng.random(len(people)) ** 1.3 * many).astype(np.int64)
    known = (people.became < NEVER) & (people.region >= 0)
    found: Ints = np.where(known, outlets[people.region, place], UNKNOWN)
    return found
