"""The command line: parses and calls. Results on stdout, progress and complaints on stderr."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ecosphere import answers, config, contract, demo
from ecosphere.build import Built, build
from ecosphere.engines import duckdb
from ecosphere.generations import KEPT, Home
from ecosphere.model import ExportRefused, Filters, Month, Problem, StorageFailed
from ecosphere.text import Text

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
progress_console = Console(stderr=True)

HomeOption = Annotated[
    Path, typer.Option("--home", envvar="ECOSPHERE_HOME", help="Where generations are kept.")
]
MappingOption = Annotated[Path | None, typer.Option(help="A mapping file (docs/exports.md).")]
LangOption = Annotated[str, typer.Option("--lang", help="en or zh.")]
FormatOption = Annotated[str, typer.Option("--format")]
WhereOption = Annotated[list[str] | None, typer.Option("--where", help="attribute=value; repeats.")]
ChoiceOption = Annotated[list[str] | None, typer.Option("--option", help="key=value; repeats.")]
RoleOption = Annotated[str | None, typer.Option("--role")]
ExhibitOption = Annotated[str | None, typer.Option("--exhibit")]
FromOption = Annotated[str | None, typer.Option("--from", help="YYYY-MM")]
ToOption = Annotated[str | None, typer.Option("--to", help="YYYY-MM")]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help="YYYY-MM-DD")]

DEFAULT_HOME = Path(".ecosphere")


@app.command("demo")
def demo_command(
    out: Annotated[Path, typer.Option()],
    people: Annotated[int, typer.Option(min=1)] = 5_000,
    months: Annotated[int, typer.Option(min=1)] = 25,
    only: Annotated[list[str] | None, typer.Option(help="An export's name; repeats.")] = None,
    home: HomeOption = DEFAULT_HOME,  # noqa: ARG001  # every command takes it
    lang: LangOption = "en",
) -> None:
    """Write synthetic exports with planted truths."""
    text = Text(lang)
    with _bar(text, "demo") as advance:
        truths = _demo(out, people, months, tuple(only) if only else None, advance)
    rows = sum(truths["rows"].values())
    print(text("cli.demo", folder=out, rows=f"{rows:,}", people=f"{people:,}"))


@app.command("check")
def check_command(
    folder: Path,
    mapping: MappingOption = None,
    format_: FormatOption = "text",
    home: HomeOption = DEFAULT_HOME,
    lang: LangOption = "en",
) -> None:
    """Check exports against their contracts; every failure in one report."""
    _known(format_, ("text", "json"))
    settings = config.load(home)
    report = contract.check(
        duckdb.scratch(), folder, contract.read_mapping(mapping), settings.timezone, date.today()
    )
    if format_ == "json":
        print(json.dumps(report.as_dict(), ensure_ascii=False, indent=2, default=str))
    else:
        _print_report(report, Text(lang))
    if report.refused:
        raise typer.Exit(ExportRefused.exit_code)


@app.command("build")
def build_command(
    folder: Path,
    mapping: MappingOption = None,
    format_: FormatOption = "text",
    home: HomeOption = DEFAULT_HOME,
    lang: LangOption = "en",
) -> None:
    """Make the next generation from a folder of exports, and serve it."""
    _known(format_, ("text", "json"))
    text = Text(lang)
    wanted = contract.read_mapping(mapping)
    with _bar(text, "check") as advance:
        try:
            built = build(Home(home), folder, wanted, config.load(home), date.today(), advance)
        except ExportRefused as refused:
            _print_report(cast(contract.Report, refused.values["report"]), text, file=sys.stderr)
            raise
    if format_ == "json":
        print(json.dumps(_summary(built), default=str))
    else:
        _print_built(built, text)


@app.command("generations")
def generations_command(home: HomeOption = DEFAULT_HOME, format_: FormatOption = "text") -> None:
    """List the generations that are there; the served one is marked."""
    _known(format_, ("text", "json"))
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


@app.command("rollback")
def rollback_command(number: int, home: HomeOption = DEFAULT_HOME, lang: LangOption = "en") -> None:
    """Serve an earlier generation again."""
    Home(home).serve(number)
    print(Text(lang)("cli.serving", number=number))


@app.command("prune")
def prune_command(
    keep: Annotated[int, typer.Option(min=1)] = KEPT,
    home: HomeOption = DEFAULT_HOME,
    lang: LangOption = "en",
) -> None:
    """Delete all but the last generations; never the one being served."""
    deleted = Home(home).prune(keep)
    print(Text(lang)("cli.pruned", count=len(deleted)))


@app.command("table")
def table_command(
    stem: str,
    exhibit: ExhibitOption = None,
    from_: FromOption = None,
    to: ToOption = None,
    as_of: AsOfOption = None,
    where: WhereOption = None,
    option: ChoiceOption = None,
    role: RoleOption = None,
    lang: LangOption = "en",
    format_: FormatOption = "json",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Print the released table behind an exhibit."""
    _known(format_, tuple(answers.PRINTED))
    Text(lang)("app.name")  # an unknown language is refused before anything is asked
    asked = answers.Asked(home, role, _filters(from_, to, as_of, where), _pairs(option, "option"))
    released = answers.table(asked, stem, exhibit)
    sys.stdout.buffer.write(answers.PRINTED[format_](released))


@app.command("export")
def export_command(
    stem: str,
    out: Annotated[Path, typer.Option()],
    exhibit: ExhibitOption = None,
    from_: FromOption = None,
    to: ToOption = None,
    as_of: AsOfOption = None,
    where: WhereOption = None,
    option: ChoiceOption = None,
    role: RoleOption = None,
    lang: LangOption = "en",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Write an exhibit to a file; the suffix decides how."""
    text = Text(lang)
    asked = answers.Asked(home, role, _filters(from_, to, as_of, where), _pairs(option, "option"))
    answers.export(asked, stem, exhibit, out, text)
    print(text("cli.written", file=out), file=sys.stderr)


def main() -> None:
    """Run a command; a Problem becomes two lines and its exit code, never a traceback."""
    try:
        app()
    except Problem as problem:
        print(Text(_asked_language()).problem(problem), file=sys.stderr)
        sys.exit(problem.exit_code)


def _demo(
    out: Path, people: int, months: int, only: tuple[str, ...] | None, advance: Any
) -> dict[str, Any]:
    try:
        return demo.make(
            out, people, months, only=only, progress=lambda share, _: advance("demo", share, 1)
        )
    except (ValueError, FileExistsError) as refused:
        raise Problem("demo_refused", detail=str(refused)) from refused
    except OSError as broken:
        raise StorageFailed("storage", detail=str(broken)) from broken


def _asked_language() -> str:
    """The language of complaints, also of those raised before options were read."""
    following = dict(pairwise(sys.argv)).get("--lang", "en")
    return following if following in ("en", "zh") else "en"


def _filters(
    first: str | None, last: str | None, as_of: str | None, where: list[str] | None
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
    )


def _pairs(given: list[str] | None, _: str) -> dict[str, str]:
    return dict(_pair(pair, "definition=logged_in") for pair in given or [])


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


def _known(format_: str, known: tuple[str, ...]) -> None:
    if format_ not in known:
        raise Problem("unknown_format", value=format_, known=", ".join(known))


@contextmanager
def _bar(text: Text, first: str) -> Iterator[Any]:
    """A progress bar on stderr; call it with step, done and total."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=progress_console, transient=True) as bar:
        task = bar.add_task(text(f"progress.{first}"), total=1)
        yield lambda step, done, total: bar.update(
            task, description=text(f"progress.{step}"), completed=done, total=total
        )


def _print_report(report: contract.Report, text: Text, file: Any = None) -> None:
    for finding in report.findings:
        severity = text(f"check.severity_{finding.severity}")
        print(f"{severity}{text('app.colon')}{finding.message(text)}", file=file)
    if file is not None:
        return  # what follows is the refusal itself
    if report.refused:
        refused = sum(finding.severity == "refuse" for finding in report.findings)
        print(text("cli.refused", count=len(report.findings), refused=refused), file=file)
    else:
        print(text("cli.passed", exports=", ".join(report.sources)), file=file)


def _print_built(built: Built, text: Text) -> None:
    for account in built.accounts:
        print(text("cli.account", **account))
    if built.linked_events:
        print(text("cli.linked", count=f"{built.linked_events:,}"))
    if built.ambiguous_links:
        print(text("cli.ambiguous", count=f"{built.ambiguous_links:,}"))
    if built.withdrawn:
        print(text("cli.withdrawn", count=f"{built.withdrawn:,}"))
    if built.withheld_people:
        print(text("cli.withheld", count=f"{built.withheld_people:,}"))
    print(text("cli.built", number=built.number, people=f"{built.people:,}", day=built.as_of))


def _summary(built: Built) -> dict[str, object]:
    return {
        "generation": built.number,
        "as_of": built.as_of,
        "people": built.people,
        "withheld_people": built.withheld_people,
        "linked_events": built.linked_events,
        "ambiguous_links": built.ambiguous_links,
        "withdrawn": built.withdrawn,
        "exports": built.accounts,
    }
