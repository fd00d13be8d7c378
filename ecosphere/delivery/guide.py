"""The contracts in words, for whoever writes the exports: on screen, as Markdown and as CSV."""

from collections.abc import Iterable, Mapping

import polars as pl

from ecosphere.contract import Column, Contract
from ecosphere.export.rows import BYTE_ORDER_MARK
from ecosphere.text import Text

# Made up for each type: nothing here was ever in an export.
EXAMPLES: Mapping[str, str] = {
    "id": "a7f30c", "code": "A1", "timestamp": "2026-11-01 09:30:00", "date": "2026-11-01",
    "month": "2026-11", "number": "128.50", "integer": "3", "flag": "true",
}  # fmt: skip
FACTS = ("column", "type", "needed", "key", "refers_to", "allowed", "example")


def example(column: Column, text: Text) -> str:
    """A value that the column might hold."""
    if column.type == "text":
        return text("delivery.example_text")
    return column.codes[0] if column.codes else EXAMPLES[column.type]


def allowed(column: Column, text: Text) -> str:
    """The codes that the column may hold; nothing where any will do."""
    codes = ", ".join(column.codes)
    if column.at_least is not None:
        return text("delivery.at_least", least=f"{column.at_least:g}")
    if column.codes and column.open:
        return text("delivery.open", codes=codes)
    return codes


def facts(contract: Contract, column: Column, text: Text) -> dict[str, str]:
    """One column of an export, by the names of FACTS."""
    has_value = not column.nullable or (column.name in contract.key and column.required)
    needed = "always" if has_value else "may_be_empty" if column.required else "optional"
    return {
        "column": column.name,
        "type": f"{column.type}[]" if column.several else column.type,
        "needed": text(f"delivery.{needed}"),
        "key": text("app.yes") if column.name in contract.key or column.unique else "",
        "refers_to": ".".join(column.references or ()),
        "allowed": allowed(column, text),
        "example": example(column, text),
    }


def as_markdown(contracts: Iterable[Contract], text: Text) -> str:
    """Every contract as a section with a table of its columns."""
    parts = [f"# {text('delivery.guide_title')}", text("delivery.files"), text("delivery.personal")]
    for contract in contracts:
        parts += [
            f"## {contract.name} · {text(f'exports.{contract.name}')}",
            told(contract, text),
            _table(contract, text),
        ]
    return "\n\n".join(parts) + "\n"


def told(contract: Contract, text: Text) -> str:
    """What one row is, whether it is needed, what the export lights up and why that is worth it."""
    language = text.language
    said = {
        "row": contract.zh if language == "zh" else contract.en,
        "needed": text("delivery.required" if contract.required else "delivery.not_required"),
        "lights_up": contract.lights_up[language],
        "worth": contract.worth[language],
    }
    return text("delivery.told", **said)


def as_csv(contracts: Iterable[Contract], text: Text) -> bytes:
    """One line for each column of each export, for spreadsheets."""
    rows = [{"export": contract.name, **facts(contract, column, text)}
            for contract in contracts for column in contract.columns]  # fmt: skip
    names = {name: text(f"delivery.{name}") for name in ("export", *FACTS)}
    return BYTE_ORDER_MARK + pl.DataFrame(rows).rename(names).write_csv(
        line_terminator="\r\n"
    ).encode("utf-8")


def _table(contract: Contract, text: Text) -> str:
    head = [text(f"delivery.{name}") for name in FACTS]
    rows = [facts(contract, column, text) for column in contract.columns]
    lines = [head, ["---"] * len(head), *([_cell(row[name]) for name in FACTS] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(words: str) -> str:
    return words.replace("|", "\\|") or "–"
