"""Random cohorts, and who is in one, person by person and day by day."""

from random import Random

PARTNERS = ("vid", "foo", "own", "odd", "not_stated")
SCENES = ("video", "food", "own_apps", "not_stated")
CHANNELS = ("app", "web", "not_stated")
CATEGORIES = ("deposit", "wealth", "payment")
MONTHS = ("2025-11", "2025-12", "2026-01", "2026-02", "0", "-1", "-2", "-3")


def a_cohort(random: Random, depth: int) -> str:
    """A text with up to so many levels of brackets, spaced and ordered as it comes."""
    draw = random.random()
    if depth == 0 or draw < 0.3:
        return _condition(random)
    if draw < 0.45:
        return f"not ({a_cohort(random, depth - 1)})"
    parts = [a_cohort(random, depth - 1) for _ in range(random.randint(2, 3))]
    return f"({random.choice((' and ', ' or ')).join(parts)})"


def _condition(random: Random) -> str:
    name = random.choice(("active", "active", "silent", "sourced", "holds", "tier"))
    told = {
        "active": lambda: [
            *_places(random),
            *_maybe(random, "from", MONTHS),
            *_maybe(random, "to", MONTHS),
            *_maybe(random, "days", ("1", "2", "3")),
            *_maybe(random, "definition", ("opened", "transacted", "any_scene")),
        ],
        "silent": lambda: [f"since={random.choice(MONTHS)}", *_places(random)],
        "sourced": lambda: _some(random, "partner", PARTNERS, least=1),
        "holds": lambda: [random.choice(CATEGORIES), *_maybe(random, "month", MONTHS)],
        "tier": lambda: [
            f"moved={random.choice(('up', 'down'))}",
            *_maybe(random, "from", MONTHS),
            *_maybe(random, "to", MONTHS),
        ],
    }[name]()
    random.shuffle(told)
    return f"{name}({', '.join(told)})"


def _places(random: Random) -> list[str]:
    found = []
    for key, values in {"partner": PARTNERS, "scene": SCENES, "channel": CHANNELS}.items():
        if random.random() < 0.35:
            found += _some(random, key, values, least=1)
    return found


def _some(random: Random, key: str, values: tuple[str, ...], least: int) -> list[str]:
    chosen = random.choices(values, k=random.randint(least, 2))
    return [f"{key}={value}" for value in chosen]


def _maybe(random: Random, key: str, values: tuple[str, ...]) -> list[str]:
    return [f"{key}={random.choice(values)}"] if random.random() < 0.5 else []
