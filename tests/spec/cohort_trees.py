"""Random cohorts: a text of many brackets, and the tree that it stands for.

A tree is ("and" | "or", trees), ("not", (tree,)), or (condition, ((key, value), ...)).
"""

from random import Random
from typing import Any

PARTNERS = ("vid", "foo", "own", "odd", "not_stated")
SCENES = ("video", "food", "own_apps", "not_stated")
CHANNELS = ("app", "web", "not_stated")
CATEGORIES = ("deposit", "wealth", "payment")
MONTHS = ("2025-11", "2025-12", "2026-01", "2026-02", "0", "-1", "-2", "-3")
Tree = tuple[str, Any]


def a_cohort(random: Random, depth: int) -> Tree:
    """A tree of up to so many levels."""
    draw = random.random()
    if depth == 0 or draw < 0.3:
        return _condition(random)
    if draw < 0.45:
        return "not", (a_cohort(random, depth - 1),)
    parts = tuple(a_cohort(random, depth - 1) for _ in range(random.randint(2, 3)))
    return random.choice(("and", "or")), parts


def written(tree: Tree) -> str:
    """The tree as a text with every bracket there can be."""
    word, parts = tree
    if word == "not":
        return f"not ({written(parts[0])})"
    if word in ("and", "or"):
        return f"({f') {word} ('.join(map(written, parts))})"
    return f"{word}({', '.join(f'{key}={value}' for key, value in parts)})"


def _condition(random: Random) -> Tree:
    name = random.choice(("active", "active", "silent", "sourced", "holds", "tier"))
    told = {
        "active": lambda: [
            *_places(random),
            *_maybe(random, "from", MONTHS),
            *_maybe(random, "to", MONTHS),
            *_maybe(random, "days", ("1", "2", "3")),
            *_maybe(random, "definition", ("opened", "transacted", "any_scene")),
        ],
        "silent": lambda: [
            ("since", random.choice(MONTHS)),
            *_places(random),
            *_maybe(random, "definition", ("logged_in", "any_scene")),
        ],
        "sourced": lambda: _some(random, "partner", PARTNERS),
        "holds": lambda: [
            ("category", random.choice(CATEGORIES)),
            *_maybe(random, "month", MONTHS),
        ],
        "tier": lambda: [
            ("moved", random.choice(("up", "down"))),
            *_maybe(random, "from", MONTHS),
            *_maybe(random, "to", MONTHS),
        ],
    }[name]()
    random.shuffle(told)
    return name, tuple(told)


def _places(random: Random) -> list[tuple[str, str]]:
    found = []
    for key, values in {"partner": PARTNERS, "scene": SCENES, "channel": CHANNELS}.items():
        if random.random() < 0.25:
            found += _some(random, key, values)
    return found


def _some(random: Random, key: str, values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(key, value) for value in random.choices(values, k=random.randint(1, 2))]


def _maybe(random: Random, key: str, values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(key, random.choice(values))] if random.random() < 0.3 else []
