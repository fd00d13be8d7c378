"""The one place where names and values of a bank enter SQL text.

Neither file names nor identifiers can be bound as parameters, and a view binds none at all.
"""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path


def literal(text: str) -> str:
    """A SQL string that is exactly `text`."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A SQL identifier that is exactly `name`."""
    return '"' + name.replace('"', '""') + '"'


def listed(texts: Iterable[str]) -> str:
    """SQL strings for an `in (...)`."""
    return ", ".join(literal(text) for text in texts)


def day(value: date) -> str:
    return f"date '{value.isoformat()}'"


def parquet(files: Iterable[Path], hive: bool = False) -> str:
    """A scan of exactly these files: a pattern character in a file's name stands for itself."""
    names = listed(re.sub(r"([\[*?])", r"[\1]", str(file)) for file in files)
    partitions = "true, hive_types_autocast = false" if hive else "false"
    return f"read_parquet([{names}], hive_partitioning = {partitions})"
