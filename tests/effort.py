"""How much is looked at: `make test` in ten minutes, `make test-full` as much as it takes."""

import os
from collections.abc import Sequence
from typing import TypeVar

THOROUGH = "WORLDS" in os.environ
WORLDS = int(os.environ.get("WORLDS", "3"))  # random ones

Case = TypeVar("Case")


def some(cases: Sequence[Case], share: int = 2) -> Sequence[Case]:
    """Every second case, or so; all of them where there is time."""
    return cases if THOROUGH else cases[::share]
