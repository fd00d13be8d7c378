"""Every word a reader sees, in the reader's language."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ecosphere.model import Problem

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Text:
    """Words of one language: `text("active_users.mau.title", month="...")`."""

    language: str

    def __call__(self, key: str, /, **values: object) -> str:
        """The words under a key, with values put in. A missing key is a fault of ours: KeyError."""
        found: Any = _words(self.language)
        for part in key.split("."):
            found = found[part]
        if not isinstance(found, str):
            raise KeyError(key)
        return found.format_map(values)

    def has(self, key: str) -> bool:
        try:
            self(key)
        except KeyError:
            return False
        return True

    def problem(self, problem: Problem) -> str:
        """What was found, what was expected, what to do next."""
        return self(f"errors.{problem.key}", **problem.values)


@cache
def _words(language: str) -> dict[str, Any]:
    if language not in LANGUAGES:
        raise Problem("unknown_language", value=language, known=", ".join(LANGUAGES))
    return tomllib.loads((Path(__file__).parent / f"{language}.toml").read_text(encoding="utf-8"))
