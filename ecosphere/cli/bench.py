"""The command that times the others."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, cast

import typer
from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from ecosphere import bench
from ecosphere.bench import QUICK, Bench, Effort, Figure, Size
from ecosphere.cli.build import print_report
from ecosphere.cli.options import FormatOption, LangOption, bar, check_format
from ecosphere.contract import Report
from ecosphere.model import ExportRefused, StorageFailed
from ecosphere.text import Text

WIDTH = 240  # a row of Markdown is one line, however narrow the window


def bench_command(
    exports: Annotated[Path | None, typer.Option(help="Demo exports; else made anew.")] = None,
    people: Annotated[int, typer.Option(min=1)] = 5_000,
    months: Annotated[int, typer.Option(min=1)] = 25,
    partners: Annotated[int, typer.Option(min=60)] = 60,
    quick: Annotated[bool, typer.Option(help="Only to see that all of it works.")] = False,
    work: Annotated[Path | None, typer.Option(help="For exports and generations.")] = None,
    format_: FormatOption = "text",
    lang: LangOption = "en",
) -> None:
    """Measure checks, builds, questions, readers and sessions, beside the database's own scan."""
    check_format(format_)
    text, effort = Text(lang), QUICK if quick else Effort()
    with bar(text, "demo") as advance:
        try:
            with TemporaryDirectory(prefix="ecosphere-bench-", dir=work) as folder:
                size = Size(people, months, partners)
                found = bench.run(Path(folder), exports, size, effort, advance)
        except ExportRefused as refused:
            print_report(cast(Report, refused.values["report"]), text, file=sys.stderr)
            raise
        except OSError as broken:
            raise StorageFailed("storage", detail=str(broken)) from broken
    if format_ == "json":
        print(json.dumps(found.as_dict()))
    else:
        _print(found, text)


def _print(found: Bench, text: Text) -> None:
    """Tables in Markdown, so that they can stand in docs/benchmarks.md."""
    machine, console = found.machine, Console(width=WIDTH, highlight=False, markup=False)
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    console.print(text("bench.machine", processors=machine.processors,
                       memory=f"{machine.memory_bytes / 2**30:.1f} GiB",
                       rate=f"{machine.copy_rate / 1e9:.1f} GB/s", versions=versions))  # fmt: skip
    console.print(text("bench.of", people=f"{found.people:,}", months=found.months,
                       events=f"{found.events:,}", files=found.event_files,
                       size=_megabytes(found.event_bytes), night=f"{found.night_events:,}",
                       generation=_megabytes(found.generation_bytes)))  # fmt: skip
    for subject in dict.fromkeys(figure.subject for figure in found.figures):
        console.print(f"\n### {text(f'bench.subject_{subject}')}\n")
        console.print(_table(found, subject, text))


def _table(found: Bench, subject: str, text: Text) -> Table:
    table = Table(box=MARKDOWN)
    table.add_column(text("bench.figure"))
    for name in (text("bench.value"), text("bench.target"), text("bench.met")):
        table.add_column(name, justify="right")
    table.add_column(text("bench.beside"))
    for figure in found.figures:
        if figure.subject == subject:
            table.add_row(_name(figure, text), _amount(figure.value, figure.unit, text),
                          *_target(figure, text), _beside(found, figure, text))  # fmt: skip
    return table


def _name(figure: Figure, text: Text) -> str:
    return text(f"bench.name_{figure.name}", size=figure.size, **(figure.of or {}))


def _amount(value: float, unit: str, text: Text) -> str:
    """A count whole, everything else with three digits that mean something."""
    shown = f"{value:,.0f}" if value >= 100 or unit == "count" else f"{value:.3g}"
    return text(f"bench.unit_{unit}", value=shown)


def _target(figure: Figure, text: Text) -> tuple[str, str]:
    if figure.target is None:
        return "", ""
    sign = "≥" if figure.target.is_least else "≤"
    met = text("bench.yes") if figure.is_met else text("bench.no")
    return f"{sign} {_amount(figure.target.limit, figure.unit, text)}", met


def _beside(found: Bench, figure: Figure, text: Text) -> str:
    """What makes the figure mean something on another machine."""
    told = []
    if figure.rows and figure.seconds:
        scan = next(one for one in found.figures if one.name == "scan")
        told.append(text("bench.scans", times=f"{figure.seconds / scan.value:.2f}"))
        told.append(text("bench.speed", millions=f"{figure.rows / figure.seconds / 1e6:.2f}"))
    floor = found.floor(figure)
    if floor:
        told.append(text("bench.floor", times=f"{floor:,.1f}"))
    if figure.of and "cpu" in figure.of:
        told.append(text("bench.cpu", seconds=figure.of["cpu"]))
    return text("bench.and").join(told)


def _megabytes(size: float) -> str:
    return f"{size / 1e6:,.1f} MB"
