"""Commands about the generations that are there."""

import json
from typing import Annotated

import typer

from ecosphere.cli.options import DEFAULT_HOME, FormatOption, HomeOption, LangOption, check_format
from ecosphere.generations import KEPT, Home
from ecosphere.text import Text


def generations_command(home: HomeOption = DEFAULT_HOME, format_: FormatOption = "text") -> None:
    """List the generations that are there; the served one is marked."""
    check_format(format_)
    served = Home(home).current()
    rows = [
        {"generation": number, "bytes": size, "served": number == served}
        for number, size in Home(home).sizes().items()
    ]
    if format_ == "json":
        print(json.dumps(rows))
        return
    for row in rows:
        print(f"{'*' if row['served'] else ' '} {row['generation']}  {row['bytes']:,} B")


def rollback_command(number: int, home: HomeOption = DEFAULT_HOME, lang: LangOption = "en") -> None:
    """Serve an earlier generation again."""
    Home(home).serve(number)
    print(Text(lang)("cli.serving", number=number))


def prune_command(
    keep: Annotated[int, typer.Option(min=1)] = KEPT,
    home: HomeOption = DEFAULT_HOME,
    lang: LangOption = "en",
) -> None:
    """Delete all but the last generations; never the one being served."""
    deleted = Home(home).prune(keep)
    print(Text(lang)("cli.pruned", count=len(deleted)))
