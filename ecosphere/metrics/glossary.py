"""What does this number mean?"""

from collections.abc import Mapping
from dataclasses import dataclass

from ecosphere.model import Ask, Released


@dataclass(frozen=True)
class Glossary:
    """The released table of `glossary`: one row a measure."""

    measures: Released

    @classmethod
    def measure(cls, ask: Ask, _: Mapping[str, str]) -> "Glossary":
        """Ask the one question of the page; it has no options."""
        return cls(measures=ask("glossary/measures"))


measure = Glossary.measure
