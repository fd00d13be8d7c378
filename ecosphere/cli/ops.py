"""Commands about the generations that are there."""

import json
from typing import Annotated

import typer

from ecosphere.cli.ending import ending
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


def rollback_command(
    number: int,
    format_: FormatOption = "text",
    home: HomeOption = DEFAULT_HOME,
    lang: LangOption = "en",
) -> None:
    """Serve an earlier generation again."""
    check_format(format_)
    text = Text(lang)
    with ending("rollback", home, format_, text):
        Home(home).serve(number)
    if format_ == "json":
        print(json.dumps({"outcome": "ok", "exit_code": 0, "generation": number}))
    else:
        print(text("cli.serving", number=number))


def prune_command(
    keep: Annotated[int, typer.Option(min=1)] = KEPT,
    format_: FormatOption = "text",
    home: HomeOption = DEFAULT_HOME,
    lang: LangOption = "en",
) -> None:
    """Delete all but the last generations; never the one being served."""
    check_format(format_)
    text = Text(lang)
    with ending("prune", home, format_, text):
        deleted = Home(home).prune(keep)
    if format_ == "json":
        print(json.dumps({"outcome": "ok", "exit_code": 0, "deleted": deleted}))
    else:
        print(text("cli.pruned", count=len(deleted)))
