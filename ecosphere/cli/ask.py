"""Commands that ask the served generation."""

import sys
from datetime import date
from functools import partial
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from ecosphere import answers
from ecosphere.cli.options import (
    DEFAULT_HOME,
    FormatOption,
    HomeOption,
    LangOption,
    bar,
    check_format,
)
from ecosphere.cohorts import parse
from ecosphere.library import SPLIT
from ecosphere.model import Filters, Month, Problem
from ecosphere.text import Text

WhereOption = Annotated[list[str] | None, typer.Option("--where", help="attribute=value; repeats.")]
ChoiceOption = Annotated[list[str] | None, typer.Option("--option", help="key=value; repeats.")]
SplitOption = Annotated[str | None, typer.Option("--split", help="attribute")]
RoleOption = Annotated[str | None, typer.Option("--role")]
ExhibitOption = Annotated[str | None, typer.Option("--exhibit")]
FromOption = Annotated[str | None, typer.Option("--from", help="YYYY-MM")]
ToOption = Annotated[str | None, typer.Option("--to", help="YYYY-MM")]
CohortOption = Annotated[
    str | None, typer.Option("--cohort", help="active(partner=..., days=3) and not holds(wealth)")
]
IdsOption = Annotated[
    Path | None, typer.Option("--ids", help="a file of customer ids, one a line; not kept.")
]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help="YYYY-MM-DD")]


def table_command(
    stem: str,
    exhibit: ExhibitOption = None,
    from_: FromOption = None,
    to: ToOption = None,
    as_of: AsOfOption = None,
    where: WhereOption = None,
    cohort: CohortOption = None,
    ids: IdsOption = None,
    option: ChoiceOption = None,
    split: SplitOption = None,
    role: RoleOption = None,
    lang: LangOption = "en",
    format_: FormatOption = "json",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Print the released table behind an exhibit."""
    check_format(format_, tuple(answers.PRINTED))
    text = Text(lang)
    text("app.name")  # an unknown language is refused before anything is asked
    filters = _filters(from_, to, as_of, where, cohort)
    asked = answers.Asked(home, role, filters, _options(option, split), ids)
    sys.stdout.buffer.write(answers.printed(asked, stem, exhibit, format_, text))


def export_command(
    names: Annotated[list[str], typer.Argument(metavar="STEM[/EXHIBIT]...")],
    out: Annotated[Path, typer.Option()],
    exhibit: ExhibitOption = None,
    page: Annotated[bool, typer.Option("--page", help="every exhibit of each stem")] = False,
    from_: FromOption = None,
    to: ToOption = None,
    as_of: AsOfOption = None,
    where: WhereOption = None,
    cohort: CohortOption = None,
    ids: IdsOption = None,
    option: ChoiceOption = None,
    split: SplitOption = None,
    role: RoleOption = None,
    lang: LangOption = "en",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Write exhibits to a file; the suffix decides how. PPTX, PDF and XLSX hold several."""
    text = Text(lang)
    text("app.name")  # an unknown language is refused before anything is asked
    filters = _filters(from_, to, as_of, where, cohort)
    asked = answers.Asked(home, role, filters, _options(option, split), ids)
    taking = answers.Taking(getuser(), text, page)
    named = [f"{name}/{exhibit}" if exhibit else name for name in names]
    with bar(text, "export") as step:
        answers.export(asked, named, out, taking, partial(step, "export"))
    print(text("cli.written", file=out), file=sys.stderr)


def _filters(
    first: str | None,
    last: str | None,
    as_of: str | None,
    where: list[str] | None,
    cohort: str | None,
) -> Filters:
    chosen: dict[str, list[str]] = {}
    for pair in where or []:
        name, value = _pair(pair, "segment=mass")
        chosen.setdefault(name, []).append(value)
    return Filters.of(
        chosen,
        first=Month.parse(first) if first else None,
        last=Month.parse(last) if last else None,
        as_of=_day(as_of) if as_of else None,
        cohort=str(parse(cohort)) if cohort else "",
    )


def _options(given: list[str] | None, split: str | None) -> dict[str, str]:
    chosen = dict(_pair(pair, "definition=logged_in") for pair in given or [])
    return {**chosen, SPLIT: split} if split else chosen


def _pair(given: str, example: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not (name and equals and value):
        raise Problem("not_a_pair", value=given, example=example)
    return name, value


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as wrong:
        raise Problem("not_a_day", value=given) from wrong
