"""The command line: parses and calls. Results on stdout, progress and complaints on stderr."""

import sys
from collections.abc import Callable, Mapping
from itertools import pairwise

import typer

from ecosphere.cli import ask, bench, build, ops
from ecosphere.model import Problem
from ecosphere.text import Text

COMMANDS: Mapping[str, Callable[..., None]] = {
    "demo": build.demo_command,
    "check": build.check_command,
    "build": build.build_command,
    "generations": ops.generations_command,
    "rollback": ops.rollback_command,
    "prune": ops.prune_command,
    "doctor": ops.doctor_command,
    "table": ask.table_command,
    "export": ask.export_command,
    "bench": bench.bench_command,
}

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
for name, command in COMMANDS.items():
    app.command(name)(command)


def main() -> None:
    """Run a command; a Problem becomes two lines and its exit code, never a traceback."""
    try:
        app()
    except Problem as problem:
        print(Text(_asked_language()).problem(problem), file=sys.stderr)
        sys.exit(problem.exit_code)


def _asked_language() -> str:
    """The language of complaints, also of those raised before options were read."""
    following = dict(pairwise(sys.argv)).get("--lang", "en")
    return following if following in ("en", "zh") else "en"
