"""The command that times the others."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, cast

import typer

from ecosphere import bench
from ecosphere.bench import Bench, Step
from ecosphere.cli.build import print_report
from ecosphere.cli.options import FormatOption, LangOption, bar, check_format
from ecosphere.contract import Report
from ecosphere.model import ExportRefused, StorageFailed
from ecosphere.text import Text


def bench_command(
    exports: Annotated[Path | None, typer.Option(help="Demo exports; else made anew.")] = None,
    people: Annotated[int, typer.Option(min=1)] = 5_000,
    months: Annotated[int, typer.Option(min=1)] = 25,
    repeat: Annotated[int, typer.Option(min=1, help="Runs of what is quick.")] = 3,
    work: Annotated[Path | None, typer.Option(help="For exports and generations.")] = None,
    format_: FormatOption = "text",
    lang: LangOption = "en",
) -> None:
    """Time check, build and questions beside the database's own scan."""
    check_format(format_)
    text = Text(lang)
    with bar(text, "demo") as advance:
        try:
            with TemporaryDirectory(prefix="ecosphere-bench-", dir=work) as folder:
                found = bench.run(Path(folder), exports, people, months, repeat, advance)
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
    """A table in Markdown, so that it can stand in docs/benchmarks.md."""
    print(text("bench.of", people=f"{found.people:,}", months=found.months,
               events=f"{found.events:,}", files=found.event_files,
               size=_megabytes(found.event_bytes), night=f"{found.night_events:,}",
               generation=_megabytes(found.generation_bytes), threads=found.threads))  # fmt: skip
    print()
    print(text("bench.head"))
    print("| --- | ---: | ---: | ---: |")
    for step in found.steps:
        print(f"| {_name(step, text)} | {_seconds(step.seconds)} | {step.times_scan:.2f} "
              f"| {_speed(step)} |")  # fmt: skip


def _name(step: Step, text: Text) -> str:
    where = step.where or text("bench.all_people")
    return text(f"bench.step_{step.name}", question=step.question, where=where)


def _seconds(seconds: float) -> str:
    return f"{seconds:,.1f}" if seconds >= 10 else f"{seconds:.3f}"


def _speed(step: Step) -> str:
    """Millions of events in a second."""
    return f"{step.rows / step.seconds / 1e6:.2f}" if step.rows else ""


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
