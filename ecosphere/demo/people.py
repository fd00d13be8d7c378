"""Who the people are: attributes that hang together as they do in a bank."""

from dataclasses import dataclass

import numpy as np

from ecosphere.demo.arrays import NEVER, UNKNOWN, Flags, Floats, Ints, day_number, draw_given
from ecosphere.demo.window import Window, generator

SEGMENTS = ("mass", "young", "family", "senior", "business_owner")
TIERS = ("mass", "affluent", "wealth", "private")
AGE_BANDS = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
CITY_TIERS = ("tier1", "new_tier1", "tier2", "tier3", "lower")
CARD_KINDS = ("debit", "credit", "both", "none")
ACQUISITION_CHANNELS = ("branch", "partner", "campaign", "referral")
# Tier-1 branches, in four groups: first-tier cities, new first-tier, second-tier, and the rest.
_BRANCHES = (
    "beijing shanghai guangzhou shenzhen",
    "tianjin chongqing chengdu hangzhou nanjing suzhou wuhan xian changsha zhengzhou qingdao"
    " ningbo dongguan hefei foshan",
    "jinan xiamen fuzhou wuxi wenzhou shenyang dalian harbin changchun kunming nanning"
    " nanchang guiyang taiyuan shijiazhuang",
    "lanzhou urumqi hohhot haikou",
)
REGIONS = tuple(name for group in _BRANCHES for name in group.split())
_GROUP = np.array([i for i, group in enumerate(_BRANCHES) for _ in group.split()])
_GROUP_PULL = np.array([4.0, 1.8, 1.0, 0.6])

_AGE = np.array([[0.10, 0.26, 0.24, 0.18, 0.13, 0.09]])
_SEGMENT_BY_AGE = np.array(
    [
        [0.20, 0.75, 0.02, 0.00, 0.03],
        [0.40, 0.30, 0.22, 0.00, 0.08],
        [0.40, 0.03, 0.42, 0.00, 0.15],
        [0.50, 0.00, 0.30, 0.04, 0.16],
        [0.40, 0.00, 0.12, 0.40, 0.08],
        [0.15, 0.00, 0.05, 0.78, 0.02],
    ]
)
_TIER_BY_AGE = np.array(
    [
        [0.965, 0.030, 0.004, 0.001],
        [0.870, 0.110, 0.017, 0.003],
        [0.760, 0.190, 0.040, 0.010],
        [0.700, 0.230, 0.056, 0.014],
        [0.680, 0.240, 0.066, 0.014],
        [0.740, 0.200, 0.050, 0.010],
    ]
)
_CITY_BY_GROUP = np.array(
    [
        [0.95, 0.00, 0.02, 0.02, 0.01],
        [0.00, 0.74, 0.06, 0.13, 0.07],
        [0.00, 0.00, 0.66, 0.21, 0.13],
        [0.00, 0.00, 0.45, 0.25, 0.30],
    ]
)
_CARD_BY_TIER = np.array(
    [
        [0.58, 0.08, 0.28, 0.06],
        [0.40, 0.04, 0.55, 0.01],
        [0.33, 0.02, 0.65, 0.00],
        [0.38, 0.01, 0.61, 0.00],
    ]
)
_ACQUISITION_BY_AGE = np.array(
    [
        [0.18, 0.48, 0.22, 0.12],
        [0.25, 0.43, 0.20, 0.12],
        [0.38, 0.34, 0.16, 0.12],
        [0.52, 0.24, 0.13, 0.11],
        [0.66, 0.14, 0.09, 0.11],
        [0.76, 0.07, 0.06, 0.11],
    ]
)
_PAYROLL_BY_AGE = np.array([0.22, 0.42, 0.40, 0.34, 0.16, 0.03])
_CONSENT = (0.985, 0.010, 0.005)  # given, refused, not stated
_NOT_STATED = {"segment": 0.015, "tier": 0.007, "age": 0.02, "city": 0.008, "region": 0.005}


@dataclass(frozen=True)
class People:
    """One entry per person; codes index the tuples above, -1 is not stated, days are numbers."""

    joined: Ints
    became: Ints  # NEVER: no account yet
    segment: Ints
    tier: Ints  # at the start; `history` carries it on
    age: Ints
    city: Ints
    region: Ints
    payroll: Flags  # at the start
    card: Ints
    acquired: Ints
    consent: Ints  # 1, 0, -1 not stated
    rate: Floats  # events a month when active, a power law over people

    def __len__(self) -> int:
        return len(self.joined)

    @property
    def consenting(self) -> Flags:
        """Only these may enter an analysis: not stated is no consent."""
        given: Flags = self.consent == 1
        return given


def build_people(window: Window, count: int, seed: int) -> People:
    """The people of the demo, in no particular order."""
    rng = generator(seed, "people")
    joined = _joined(rng, window, count)
    became = _became(rng, window, joined)
    age = draw_given(rng, _AGE, np.zeros(count, np.int8))
    segment = draw_given(rng, _SEGMENT_BY_AGE, age)
    tier = _tiers(rng, age, segment)
    region = _regions(rng, count)
    city = draw_given(rng, _CITY_BY_GROUP, _GROUP[region])
    holds = became < NEVER
    card = np.where(holds, draw_given(rng, _CARD_BY_TIER, tier), CARD_KINDS.index("none"))
    payroll = holds & (rng.random(count) < _PAYROLL_BY_AGE[age])
    acquired = draw_given(rng, _ACQUISITION_BY_AGE, age)
    consent = np.array([1, 0, UNKNOWN], np.int8)[
        draw_given(rng, np.array([_CONSENT]), np.zeros(count, np.int8))
    ]
    # 2 to 200 events a month: below that people would flicker in and out of every month
    rate = np.minimum(2.0 + rng.lognormal(_RATE_MEAN, 1.0, count), 200.0).astype(np.float32)
    stated = {"segment": segment, "tier": tier, "age": age, "city": city, "region": region}
    hidden = {name: _hide(rng, codes, _NOT_STATED[name]) for name, codes in stated.items()}
    return People(
        joined=joined,
        became=became,
        payroll=payroll,
        card=card.astype(np.int8),
        acquired=acquired,
        consent=consent,
        rate=rate,
        **hidden,
    )


_RATE_MEAN = 1.5  # of the logarithm: about 4.2 events per person and month over all people


def _joined(rng: np.random.Generator, window: Window, count: int) -> Ints:
    """Up to nine years before the window, and a share that grows with its length within it."""
    start, until = day_number(window.start), day_number(window.until)
    before = start - 1 - (rng.random(count) ** 1.5 * 9 * 365).astype(np.int64)
    within = start + (rng.random(count) * (until - start + 1)).astype(np.int64)
    new = rng.random(count) < min(0.7, 0.018 * len(window.firsts))
    return np.where(new, within, before).astype(np.int32)


def _became(rng: np.random.Generator, window: Window, joined: Ints) -> Ints:
    """Most open an account on the day, some later, some have not yet."""
    count = len(joined)
    lag = np.where(rng.random(count) < 0.66, 0.0, rng.exponential(150.0, count)).astype(np.int64)
    opened = joined + lag
    holds = (rng.random(count) < 0.84) & (opened <= day_number(window.until))
    return np.where(holds, opened, NEVER).astype(np.int32)


def _tiers(rng: np.random.Generator, age: Ints, segment: Ints) -> Ints:
    """By age; a quarter of the business owners are one tier higher."""
    tier = draw_given(rng, _TIER_BY_AGE, age)
    higher = (segment == SEGMENTS.index("business_owner")) & (rng.random(len(age)) < 0.25)
    raised: Ints = np.minimum(tier + higher, len(TIERS) - 1).astype(np.int8)
    return raised


def _regions(rng: np.random.Generator, count: int) -> Ints:
    size = _GROUP_PULL[_GROUP] * 0.96 ** np.arange(len(REGIONS))
    region: Ints = rng.choice(len(REGIONS), count, p=size / size.sum()).astype(np.int8)
    return region


def _hide(rng: np.random.Generator, codes: Ints, share: float) -> Ints:
    return np.where(rng.random(len(codes)) < share, UNKNOWN, codes).astype(np.int8)
