"""The partners, 60 or more: every name is invented, and none is meant to resemble a company."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ecosphere.demo.arrays import NEVER, Flags, Floats, Ints, day_number
from ecosphere.demo.window import Window

SCENES = (
    "own_apps",
    "video",
    "food",
    "transport",
    "shopping",
    "health",
    "travel",
    "living",
)
PARTNERS = 60  # in the table below, and the least there can be
OWN_APPS = 3  # the first three partners
LEAVING = 5  # the mid-size video partner that leaves, P006

_PULL = (1.0, 1.0, 1.2, 1.1, 1.0, 0.45, 0.45, 0.7)  # how much a scene is used
_TASTES = 5  # groups of people with a liking in common: without them no tie is beyond chance
_REGION_GROUPS = 6
_NEAR = 5.0  # where a regional partner is met at all, it is met often

# scene, name, name_en, partner_type, operated_by, reach; within a scene the most used comes first
_TABLE = """
own_apps|澄湖手机银行|Chenghu Mobile Banking|bank_app|own|national
own_apps|澄湖生活|Chenghu Life|bank_app|own|national
own_apps|澄湖卡包|Chenghu Cards|bank_app|own|national
video|麦穗影音|Maisui Video|platform|partner|national
video|鲸屿剧集|Jingyu Series|platform|partner|national
video|云栗剧场|Yunli Theatre|platform|partner|national
video|橙舟短片|Chengzhou Shorts|platform|partner|national
video|雾灯音乐|Wudeng Music|platform|partner|national
video|竹蜻现场|Zhuqing Live|platform|partner|national
video|蓝砚课堂|Lanyan Classroom|platform|co_built|national
video|松砾漫画|Songli Comics|platform|partner|national
food|豆荚送餐|Doujia Delivery|platform|partner|national
food|灶沿小站|Zaoyan Kitchen|merchant_chain|partner|national
food|米舟到家|Mizhou Home|platform|partner|national
food|柚篮茶铺|Youlan Tea|merchant_chain|partner|national
food|晨勺咖啡|Chenshao Coffee|merchant_chain|partner|national
food|山椒饭堂|Shanjiao Canteen|merchant_chain|co_built|region
food|鲜篓买菜|Xianlou Groceries|platform|partner|region
food|禾碗团餐|Hewan Catering|service_provider|co_built|region
transport|轻辙出行|Qingzhe Ride|platform|partner|national
transport|环陌地铁|Huanmo Metro|public_service|co_built|region
transport|青轴公交|Qingzhou Bus|public_service|co_built|region
transport|驿砾停车|Yili Parking|service_provider|co_built|national
transport|电棠充电|Diantang Charging|service_provider|partner|national
transport|桨叶单车|Jiangye Bikes|platform|partner|national
transport|江埠轮渡|Jiangbu Ferry|public_service|partner|region
transport|路隅加油|Luyu Fuel|merchant_chain|co_built|national
transport|高枝速通|Gaozhi Tollway|public_service|co_built|region
shopping|货篷集|Huopeng Market|platform|partner|national
shopping|橘架商城|Jujia Mall|platform|partner|national
shopping|百箩超市|Bailuo Supermarket|merchant_chain|co_built|national
shopping|鹿芽母婴|Luya Baby|merchant_chain|partner|national
shopping|纸岬文具|Zhijia Stationery|merchant_chain|partner|national
shopping|榴砂团购|Liusha Group Buy|platform|partner|national
shopping|木铃家居|Muling Home|merchant_chain|partner|national
shopping|织岚服饰|Zhilan Apparel|merchant_chain|partner|national
shopping|贝隅二手|Beiyu Second-hand|platform|partner|national
health|杏庐问诊|Xinglu Clinic|platform|co_built|national
health|安芷药铺|Anzhi Pharmacy|merchant_chain|partner|national
health|康榆体检|Kangyu Check-up|service_provider|partner|national
health|跃岭运动|Yueling Fitness|merchant_chain|partner|national
health|齿林口腔|Chilin Dental|merchant_chain|partner|region
health|银杉照护|Yinshan Care|service_provider|co_built|region
health|明渚眼护|Mingzhu Eye|service_provider|partner|region
travel|远棹旅行|Yuanzhao Travel|platform|partner|national
travel|云篷住宿|Yunpeng Hotels|merchant_chain|partner|national
travel|岭客小院|Lingke Homestay|platform|partner|national
travel|候羽机票|Houyu Flights|platform|partner|national
travel|栈陌门票|Zhanmo Tickets|service_provider|partner|region
travel|沐岫温泉|Muxiu Springs|merchant_chain|partner|region
travel|轨语火车|Guiyu Rail|platform|partner|national
living|檐隅物业|Yanyu Property|service_provider|co_built|region
living|泠埠水务|Lingbu Water|public_service|co_built|region
living|暖枫燃气|Nuanfeng Gas|public_service|co_built|region
living|灯禾用电|Denghe Power|public_service|co_built|region
living|巷篱家政|Xiangli Housekeeping|platform|partner|national
living|学檐校园|Xueyan Campus|service_provider|co_built|region
living|邻筐快件|Linkuang Parcel|platform|partner|national
living|萤岫充值|Yingxiu Top-up|platform|partner|national
living|毛岬宠物|Maojia Pets|merchant_chain|partner|national
"""
_COLUMNS = ("scene", "name", "name_en", "partner_type", "operated_by", "reach")
_OWNERS = ("场景合作部", "数字金融部", "支付业务部", "零售客户部")
_LATE = {9: 0.12, 17: 0.25, 24: 0.3, 35: 0.4, 42: 0.5, 48: 0.55, 56: 0.65, 37: 0.8}
_ENDING = {50: 0.45, 36: 0.7}  # two small ones that end, by share of the window


@dataclass(frozen=True)
class Partners:
    """What never changes about the partners; days are day numbers, the last one included."""

    texts: dict[str, tuple[str, ...]]
    ids: tuple[str, ...]
    scene: Ints
    region_group: Ints  # -1: everywhere
    onboarded: Ints
    ended: Ints
    contract_ends: Ints
    owners: tuple[str, ...]

    def pull(self) -> Floats:
        """How strongly each partner draws people: a power law over partners."""
        rank = np.array([np.sum(self.scene[:i] == s) for i, s in enumerate(self.scene)])
        near = np.where(self.region_group >= 0, _NEAR, 1.0)
        pull: Floats = near * np.array(_PULL)[self.scene] / (rank + 1.0) ** 0.8
        return pull

    def liking(self) -> Floats:
        """Factor on the pull, by taste and partner."""
        index = np.arange(len(self.ids))
        taste = np.arange(_TASTES)[:, None]
        near = np.where(index % _TASTES == taste, 2.5, 1.0)
        return near * np.where(self.scene % _TASTES == taste, 2.5, 1.0)

    def serves(self, regions: int) -> Flags:
        """Which partner can be met in which region (row); a region not stated is the last row."""
        group = np.append(np.arange(regions) % _REGION_GROUPS, _REGION_GROUPS)[:, None]
        met: Flags = (self.region_group == -1) | (self.region_group == group)
        return met


def build_partners(window: Window, left_on: date | None, count: int = PARTNERS) -> Partners:
    """The partners as of the end of the window; `left_on` is the last day of the leaving one.
    Beyond those of the table, the same come again under numbered names."""
    lines = [_line(place) for place in range(count)]
    texts = dict(zip(_COLUMNS, zip(*lines, strict=True), strict=True))
    onboarded, ended = _lives(window, len(lines), left_on)
    return Partners(
        texts=texts,
        ids=tuple(f"P{i + 1:03}" for i in range(len(lines))),
        scene=np.array([SCENES.index(scene) for scene in texts["scene"]], np.int8),
        region_group=_region_groups(texts["reach"]),
        onboarded=onboarded,
        ended=ended,
        contract_ends=_contracts(window, ended),
        owners=tuple(_OWNERS[i % len(_OWNERS)] for i in range(len(lines))),
    )


def _line(place: int) -> list[str]:
    """A partner's texts; the own apps of a bank stay three."""
    lines = _TABLE.strip().splitlines()
    if place < PARTNERS:
        return lines[place].split("|")
    again, which = divmod(place - PARTNERS, PARTNERS - OWN_APPS)
    scene, name, name_en, *others = lines[OWN_APPS + which].split("|")
    return [scene, f"{name}{again + 2}", f"{name_en} {again + 2}", *others]


def _region_groups(reach: tuple[str, ...]) -> Ints:
    groups = [i % _REGION_GROUPS if r == "region" else -1 for i, r in enumerate(reach)]
    return np.array(groups, np.int8)


def _lives(window: Window, count: int, left_on: date | None) -> tuple[Ints, Ints]:
    start, until = day_number(window.start), day_number(window.until)
    onboarded = start - 90 - (np.arange(count) * 211) % 1500
    ended = np.full(count, NEVER)
    for partner, share in _LATE.items():
        onboarded[partner] = start + round((until - start) * share)
    for partner, share in _ENDING.items():
        ended[partner] = start + round((until - start) * share)
    if left_on is not None:
        ended[LEAVING] = day_number(left_on)
    return onboarded, ended


def _contracts(window: Window, ended: Ints) -> Ints:
    """Contracts end within three years of the last day, a few of them soon; own apps have none."""
    soon = day_number(window.until + timedelta(days=25))
    ends = soon + (np.arange(len(ended)) * 157) % 1050
    ends[:OWN_APPS] = NEVER
    return np.where(ended < NEVER, ended, ends)
