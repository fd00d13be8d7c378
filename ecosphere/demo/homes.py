"""Which partners each person knows, and under which id."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from ecosphere.demo.arrays import NEVER, Flags, Floats, Ints, day_number
from ecosphere.demo.partners import LEAVING, OWN_APPS, Partners
from ecosphere.demo.people import REGIONS, People
from ecosphere.demo.plan import Plan
from ecosphere.demo.window import Window, generator

OTHER_KEYS = (101, 102)  # of the ids of customers and devices; the other ones are partners'
SLOTS = 7  # of a person: 0 the own apps, 1 to 6 the partners of the home set
_HOME_SIZE = (0.34, 0.27, 0.18, 0.11, 0.06, 0.04)
_NO_OWN_APP = 0.12  # share of people met in scenes only
# Of pairs of person and partner. Some of the later ones fall silent before their link, so that
# about 6 % of the scene users seen are never matched and 10 % later.
_NEVER_MATCHED = 0.03
_MATCHED_LATER = 0.20
_SHORTEST = np.float32(1e-12)  # narrow draws can be 0, which has no logarithm
_CHUNK = 100_000  # people at a time: the score of every person for every partner is large
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # 32, without those that are misread


@dataclass(frozen=True)
class Homes:
    """Per person: home partners in order of use (-1 none), and per partner the day of the link."""

    partner: Ints  # people x SLOTS; column 0 is not used
    size: Ints
    own_share: Floats  # of a person's events
    linked_from: Ints  # people x SLOTS, day number; 0 from the start, NEVER never

    def texts(self, bits: int) -> pl.Series:
        """The scene_user_id of code person * SLOTS + slot: unrelated texts per partner."""
        person = np.arange(self.partner.size) // SLOTS
        partner = self.partner.ravel()
        key = partner + np.where(partner < OTHER_KEYS[0] - 1, 1, 1 + len(OTHER_KEYS))
        return tokens("u", person, key, bits)


def build_homes(window: Window, people: People, partners: Partners, plan: Plan, seed: int) -> Homes:
    """Home sets by region and taste; the leavers of the plan know one partner only."""
    rng = generator(seed, "homes")
    count = len(people)
    size = 1 + rng.choice(len(_HOME_SIZE), count, p=_HOME_SIZE).astype(np.int8)
    own = np.where(rng.random(count) < _NO_OWN_APP, 0.0, rng.beta(1.6, 2.2, count))
    partner = _partners(rng, people, partners)
    size[plan.leavers] = 1
    own[plan.leavers] = 0.0
    partner[plan.leavers, 1] = LEAVING
    own[plan.returners] = np.maximum(own[plan.returners], 0.2)
    partner[np.arange(SLOTS) > size[:, None]] = -1
    linked = _links(rng, window, people.joined)
    linked[plan.leavers] = 0
    return Homes(partner, size, own.astype(np.float32), linked)


def token_bits(people: int) -> int:
    """Bits of an id: a multiple of 5 with room for four ids per person."""
    return max(20, -(-(4 * people).bit_length() // 5) * 5)


def tokens(prefix: str, index: Ints, key: Ints, bits: int) -> pl.Series:
    """Texts that differ where the index differs, and that tell nothing across keys."""
    mixed = _mix(index.astype(np.uint64), key.astype(np.uint64), bits)
    letters = pl.Series(list(_LETTERS))
    parts = [
        letters.gather(((mixed >> np.uint64(shift)) & np.uint64(31)).astype(np.uint32))
        for shift in range(0, bits, 5)
    ]
    columns = {str(i): part for i, part in enumerate(parts)}
    return pl.DataFrame(columns).select(pl.concat_str(pl.lit(prefix), pl.all())).to_series()


def _mix(index: Ints, key: Ints, bits: int) -> Ints:
    """A one-to-one map of the numbers below 2**bits: odd factors and shifted exclusive ors."""
    mask, half = np.uint64(2**bits - 1), np.uint64(bits // 2)
    odd = key * np.uint64(0x9E3779B2) + np.uint64(0x2545F491)
    mixed = ((index + key * np.uint64(7919)) * (odd | np.uint64(1))) & mask
    mixed ^= mixed >> half
    mixed = (mixed * np.uint64(0x85EBCA6B)) & mask
    return mixed ^ (mixed >> half)


def _partners(rng: np.random.Generator, people: People, partners: Partners) -> Ints:
    """The six partners with the best score, as a weighted draw without replacement."""
    taste = rng.integers(0, 5, len(people))
    scenes = slice(OWN_APPS, None)
    pull = np.log(partners.pull() * partners.liking())[:, scenes].astype(np.float32)
    shut = np.where(partners.serves(len(REGIONS)), 0.0, -50.0)[:, scenes].astype(np.float32)
    found = np.full((len(people), SLOTS), -1, np.int16)
    for begin in range(0, len(people), _CHUNK):
        part = slice(begin, begin + _CHUNK)
        score = pull[taste[part]] + shut[people.region[part]]
        waiting = rng.standard_exponential(score.shape, dtype=np.float32)
        score -= np.log(np.maximum(waiting, _SHORTEST))  # a Gumbel draw
        found[part, 1:] = np.argsort(-score, axis=1)[:, : SLOTS - 1] + OWN_APPS
    return found


def _links(rng: np.random.Generator, window: Window, joined: Ints) -> Ints:
    """From when on events carry the customer beside the scene user; sooner more often than late."""
    shape = (len(joined), SLOTS)
    first = np.maximum(joined, day_number(window.start))[:, None]
    uniform = rng.random(shape, dtype=np.float32)
    passed = rng.random(shape, dtype=np.float32) ** 2 * (day_number(window.until) - first)
    day = first + passed.astype(np.int32)
    late = np.where(uniform < _NEVER_MATCHED + _MATCHED_LATER, day, 0)
    linked: Ints = np.where(uniform < _NEVER_MATCHED, NEVER, late).astype(np.int32)
    linked[:, 0] = 0  # the bank knows who opens its own apps
    return linked


def acquired_by(people: People, homes: Homes, partners: Partners, through: Flags) -> Ints:
    """The first home partner, where it already was one when the person joined; else -1."""
    first = homes.partner[:, 1]
    return np.where(through & (partners.onboarded[first] <= people.joined), first, -1)
