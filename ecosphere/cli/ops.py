"""Commands about the generations that are there."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Annotated

import typer

from ecosphere.cli.ending import ending
from ecosphere.cli.options import DEFAULT_HOME, FormatOption, HomeOption, LangOption, check_format
from ecosphere.doctor import Case, Sign, examine
from ecosphere.generations import KEPT, Home
from ecosphere.model import Unhealthy
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


def doctor_command(
    format_: FormatOption = "text", home: HomeOption = DEFAULT_HOME, lang: LangOption = "en"
) -> None:
    """Look whether HOME and its machine are well, and say what to do; writes nothing."""
    check_format(format_)
    text = Text(lang)
    text("app.name")  # an unknown language is refused before anything is looked at
    signs = examine(Case(Home(home), datetime.now(UTC)))
    states = Counter[str](sign.state for sign in signs)
    if format_ == "json":
        print(json.dumps(_examined(signs, states)))
    else:
        for sign in signs:
            state, check = text(f"doctor.state_{sign.state}"), text(f"doctor.check_{sign.check}")
            print(f"{state}{text('app.colon')}{check}{text('app.colon')}{sign.message(text)}")
    if states["fail"]:
        raise Unhealthy("unhealthy", failed=states["fail"], checks=len(signs))


def _examined(signs: tuple[Sign, ...], states: Counter[str]) -> dict[str, object]:
    worst = next((state for state in ("fail", "warn") if states[state]), "ok")
    code = Unhealthy.exit_code if states["fail"] else 0
    return {"state": worst, "exit_code": code, "checks": [sign.as_dict() for sign in signs]}
