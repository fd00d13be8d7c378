"""The words of a cohort: conditions, what each can be told, and how they are joined."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

DEFINITIONS = ("any_scene", "opened", "logged_in", "transacted")
PLACES = ("partner", "scene", "channel")
PLAIN = re.compile(r'[^\s(),="\uff08\uff09\uff0c\uff1d]+')  # a value that needs no quotes

Kind = Literal["code", "month", "count", "choice"]


@dataclass(frozen=True)
class Key:
    """What can be told under one name: a code of the bank's own, a month, a number or a choice.

    Several codes are a union. What equals the default is left out.
    """

    kind: Kind
    values: tuple[str, ...] = ()
    several: bool = False
    required: bool = False
    default: str = ""


_PLACES = {name: Key("code", several=True) for name in PLACES}
_DEFINITION = Key("choice", DEFINITIONS, default=DEFINITIONS[0])
_MONTH = Key("month")
FORMS: Mapping[str, Mapping[str, Key]] = {
    "active": {
        **_PLACES,
        "from": _MONTH,
        "to": _MONTH,
        "days": Key("count", default="1"),
        "definition": _DEFINITION,
    },
    "silent": {**_PLACES, "since": Key("month", required=True), "definition": _DEFINITION},
    "sourced": {"partner": Key("code", several=True, required=True)},
    "holds": {"category": Key("code", required=True), "month": _MONTH},
    "tier": {
        "moved": Key("choice", ("up", "down"), required=True),
        "from": _MONTH,
        "to": _MONTH,
    },
}
BARE = {"holds": "category"}  # the key whose value stands alone
EXAMPLES = {
    "active": "active(partner=meituan, from=2025-01, to=2025-03, days=3)",
    "silent": "silent(since=-3, scene=food)",
    "sourced": "sourced(partner=meituan)",
    "holds": "holds(wealth)",
    "tier": "tier(moved=up, from=-6)",
}
EXAMPLE = f"{EXAMPLES['active']} and not {EXAMPLES['holds']}"


@dataclass(frozen=True)
class Condition:
    """One condition on people; `told` holds its keys in the order of its form."""

    name: str
    told: tuple[tuple[str, tuple[str, ...]], ...]

    def all(self, key: str) -> tuple[str, ...]:
        """The values under a key; none where nothing is told."""
        return dict(self.told).get(key, ())

    def one(self, key: str) -> str:
        """The value under a key, or its default."""
        return next(iter(self.all(key)), FORMS[self.name][key].default)

    def __str__(self) -> str:
        parts = [
            _quoted(value) if BARE.get(self.name) == key else f"{key}={_quoted(value)}"
            for key, values in self.told
            for value in values
        ]
        return f"{self.name}({', '.join(parts)})"


@dataclass(frozen=True)
class Not:
    """Everybody else."""

    part: "Term"

    def __str__(self) -> str:
        return f"not {_grouped(self.part, ('and', 'or'))}"


@dataclass(frozen=True)
class Joined:
    """All of several conditions, or any of them."""

    word: Literal["and", "or"]
    parts: tuple["Term", ...]

    def __str__(self) -> str:
        looser = ("or",) if self.word == "and" else ()
        return f" {self.word} ".join(_grouped(part, looser) for part in self.parts)


Term: TypeAlias = Condition | Not | Joined


@dataclass(frozen=True)
class Cohort:
    """People chosen by what they did. `str` is the same for all texts that differ only in order,
    spaces, repetition, or by saying a default."""

    term: Term

    def __str__(self) -> str:
        return str(self.term)


def negated(part: Term) -> Term:
    return part.part if isinstance(part, Not) else Not(part)


def joined(word: Literal["and", "or"], parts: Iterable[Term]) -> Term:
    """Parts in one order, each once, without groups that change nothing."""
    flat: dict[str, Term] = {}
    for part in parts:
        same = isinstance(part, Joined) and part.word == word
        for each in part.parts if same and isinstance(part, Joined) else (part,):
            flat[str(each)] = each
    ordered = tuple(flat[key] for key in sorted(flat))
    return ordered[0] if len(ordered) == 1 else Joined(word, ordered)


def _grouped(part: Term, looser: tuple[str, ...]) -> str:
    """In brackets where it would bind less than what stands around it."""
    return f"({part})" if isinstance(part, Joined) and part.word in looser else str(part)


def _quoted(value: str) -> str:
    if PLAIN.fullmatch(value):
        return value
    return '"' + value.replace('"', '""') + '"'
