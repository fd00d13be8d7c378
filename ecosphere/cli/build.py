"""Commands that make exports and generations."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from ecosphere import config, contract, demo
from ecosphere.build import Built, build
from ecosphere.cli.ending import ending
from ecosphere.cli.options import (
    DEFAULT_HOME,
    FolderArgument,
    FormatOption,
    HomeOption,
    LangOption,
    MappingOption,
    bar,
    check_format,
)
from ecosphere.engines import duckdb
from ecosphere.generations import Home
from ecosphere.model import ExportRefused, Month, Problem, StorageFailed
from ecosphere.text import Text


def demo_command(
    out: Annotated[Path, typer.Option()],
    people: Annotated[int, typer.Option(min=1)] = 5_000,
    months: Annotated[int, typer.Option(min=1)] = 25,
    partners: Annotated[int, typer.Option(min=60)] = 60,
    only: Annotated[list[str] | None, typer.Option(help="An export's name; repeats.")] = None,
    home: HomeOption = DEFAULT_HOME,  # noqa: ARG001  # every command takes it
    lang: LangOption = "en",
) -> None:
    """Write synthetic exports with planted truths."""
    text = Text(lang)
    with bar(text, "demo") as advance:
        truths = _demo(out, people, months, partners, tuple(only) if only else None, advance)
    rows = sum(truths["rows"].values())
    print(text("cli.demo", folder=out, rows=f"{rows:,}", people=f"{people:,}"))


def check_command(
    folder: FolderArgument = None,
    mapping: MappingOption = None,
    format_: FormatOption = "text",
    home: HomeOption = DEFAULT_HOME,
    lang: LangOption = "en",
) -> None:
    """Check exports against their contracts; every failure in one report."""
    check_format(format_)
    settings = config.load(home)
    found, wanted = _delivery(folder, mapping, settings, home)
    report = contract.check(duckdb.scratch(), found, wanted, settings.timezone, date.today())
    if format_ == "json":
        print(json.dumps(report.as_dict(), ensure_ascii=False, indent=2, default=str))
    else:
        print_report(report, Text(lang))
    if report.refused:
        raise typer.Exit(ExportRefused.exit_code)


def build_command(
    folder: FolderArgument = None,
    mapping: MappingOption = None,
    format_: FormatOption = "text",
    home: HomeOption = DEFAULT_HOME,
    lang: LangOption = "en",
) -> None:
    """Make the next generation from a folder of exports, and serve it."""
    check_format(format_)
    text = Text(lang)
    try:
        with ending("build", home, format_, text) as accounts, bar(text, "check") as advance:
            settings = config.load(home)
            found, wanted = _delivery(folder, mapping, settings, home)
            built = build(Home(home), found, wanted, settings, date.today(), advance)
            accounts.extend(built.accounts)
    except ExportRefused as refused:
        print_report(cast(contract.Report, refused.values["report"]), text, file=sys.stderr)
        raise
    if format_ == "json":
        print(json.dumps(_summary(built), default=str))
    else:
        _print_built(built, text)


def _delivery(
    folder: Path | None, mapping: Path | None, settings: config.Config, home: Path
) -> tuple[Path, contract.Mapping]:
    """What the command names; where it names no folder, what ecosphere.toml says."""
    stated = settings.exports
    if folder is None and not stated.folder:
        raise Problem("no_exports_folder", file=home / config.FILE_NAME)
    if folder is None and mapping is None and stated.mapping:
        mapping = Path(stated.mapping)
    return folder or Path(stated.folder), contract.read_mapping(mapping)


def _demo(
    out: Path, people: int, months: int, partners: int, only: tuple[str, ...] | None, advance: Any
) -> dict[str, Any]:
    try:
        return demo.make(
            out,
            people,
            months,
            only=only,
            partners=partners,
            progress=lambda share, _: advance("demo", share, 1),
        )
    except (ValueError, FileExistsError) as refused:
        raise Problem("demo_refused", detail=str(refused)) from refused
    except OSError as broken:
        raise StorageFailed("storage", detail=str(broken)) from broken


def print_report(report: contract.Report, text: Text, file: Any = None) -> None:
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
    for reason, months in _by_reason(built).items():
        print(text(f"cli.redone.{reason}", months=_spans(months)))
    if not built.redone:
        print(text("cli.redone.nothing"))
    print(text("cli.built", number=built.number, people=f"{built.people:,}", day=built.as_of))


def _summary(built: Built) -> dict[str, object]:
    return {
        "outcome": "ok",
        "exit_code": 0,
        "generation": built.number,
        "as_of": built.as_of,
        "people": built.people,
        "withheld_people": built.withheld_people,
        "linked_events": built.linked_events,
        "ambiguous_links": built.ambiguous_links,
        "withdrawn": built.withdrawn,
        "redone": [
            {"month": str(Month(code)), "reason": reason, "count": count}
            for (code, reason), count in sorted(built.redone.items())
        ],
        "exports": built.accounts,
    }


def _by_reason(built: Built) -> dict[str, list[int]]:
    """Reason -> the months that were made again for it."""
    found: dict[str, list[int]] = {}
    for code, reason in sorted(built.redone):
        found.setdefault(reason, []).append(code)
    return found


def _spans(codes: list[int]) -> str:
    """Months in order as they follow each other: 2025-03, 2025-07 – 2025-11."""
    spans: list[list[int]] = []
    for code in codes:
        if spans and code == spans[-1][-1] + 1:
            spans[-1].append(code)
        else:
            spans.append([code])
    ends = ((Month(span[0]), Month(span[-1])) for span in spans)
    return ", ".join(str(a) if a == b else f"{a} – {b}" for a, b in ends)
