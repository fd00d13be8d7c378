"""docs/metrics.md, written from the headers of queries/ and from text/ in both languages.

`python -m ecosphere.reference` writes it; a test compares.
"""

from collections.abc import Iterable, Iterator

from ecosphere.config import ROOT
from ecosphere.contract import contracts
from ecosphere.library import Question, exports_behind, questions
from ecosphere.text import LANGUAGES, Text

PAGE = ROOT / "docs" / "metrics.md"

HEAD = """\
# Metrics: what every number means

Written by `python -m ecosphere.reference` from the headers of
[queries/](../queries/README.md) and from `ecosphere/text/`; do not edit it by hand.
The app shows the same under *Operations, Glossary*."""


def render() -> str:
    """The whole page as Markdown."""
    parts = [HEAD, *(_entry(question) for question in questions().values())]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    PAGE.write_text(render(), encoding="utf-8")


def _entry(question: Question) -> str:
    key = question.name.replace("/", ".")
    both = [Text(language) for language in LANGUAGES]
    path = f"queries/metrics/{question.name}.sql"
    parts = [
        f"## {' · '.join(text(f'{key}.title') for text in both)}",
        f"`{question.name}`: [{path}](../{path})",
        *(text(f"{key}.definition") for text in both),
        _table(("", *LANGUAGES), _facts(question)),
        _table(("column", *LANGUAGES, "is"), _columns(question)),
    ]
    if question.options:
        parts.append(_table(("option", "value", *LANGUAGES, "needs"), _options(question)))
    return "\n\n".join(parts)


def _facts(question: Question) -> Iterator[tuple[str, ...]]:
    """What holds of the whole table, in words of both languages."""
    behind = exports_behind(question.name)
    keys = {
        "unit": (f"units.{question.unit}",),
        "kind": (f"kinds.{question.kind}",),
        "grain": tuple(f"columns.{name}" for name in question.grain),
        "owner": (f"owners.{question.owner}",),
        "source": tuple(f"exports.{name}" for name in contracts() if name in behind),
    }
    for name, words in keys.items():
        both = (Text(language) for language in LANGUAGES)
        yield (name, *(text("app.list").join(map(text, words)) for text in both))


def _columns(question: Question) -> Iterator[tuple[str, ...]]:
    """Columns in order with what they are; of derived ones the formula."""
    formulas = {name: f"`{formula}`" for name, formula in question.derived.items()}
    for name, kind in {**question.columns, **formulas}.items():
        yield (f"`{name}`", *_in_both(f"columns.{name}"), kind)


def _options(question: Question) -> Iterator[tuple[str, ...]]:
    """Choices a reader has; the first value of each is the default."""
    for option, values in question.options.items():
        for place, value in enumerate(values):
            needed = f"`{question.needs[option]}`" if place and option in question.needs else ""
            yield (f"`{option}`", f"`{value}`", *_in_both(f"options.{option}.{value}"), needed)


def _in_both(key: str) -> tuple[str, ...]:
    return tuple(Text(language)(key) for language in LANGUAGES)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


if __name__ == "__main__":
    main()
