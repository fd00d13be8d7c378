"""What several commands share: their options, and a progress bar."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ecosphere.model import Problem
from ecosphere.text import Text

HomeOption = Annotated[
    Path, typer.Option("--home", envvar="ECOSPHERE_HOME", help="Where generations are kept.")
]
MappingOption = Annotated[Path | None, typer.Option(help="A mapping file (docs/exports.md).")]
FolderArgument = Annotated[
    Path | None, typer.Argument(help="Exports; without it, the folder of ecosphere.toml.")
]
LangOption = Annotated[str, typer.Option("--lang", help="en or zh.")]
FormatOption = Annotated[str, typer.Option("--format")]

DEFAULT_HOME = Path(".ecosphere")
progress_console = Console(stderr=True)


def check_format(given: str, known: tuple[str, ...] = ("text", "json")) -> None:
    """A Problem when a command cannot print in this format."""
    if given not in known:
        raise Problem("unknown_format", value=given, known=", ".join(known))


@contextmanager
def bar(text: Text, first: str) -> Iterator[Any]:
    """A progress bar on stderr; call it with step, done and total."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=progress_console, transient=True) as bar:
        task = bar.add_task(text(f"progress.{first}"), total=1)
        yield lambda step, done, total: bar.update(
            task, description=text(f"progress.{step}"), completed=done, total=total
        )
