"""A list of customer ids as somebody has it: a text or CSV file with one column.

What is read is never repeated in a message: an id stands for a person.
"""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from ecosphere.model import Problem

MOST_LINES = 5_000_000
ENCODINGS = ("utf-8-sig", "gb18030")  # as spreadsheets in mainland China write them
SEPARATORS = ",;\t"
NOTHING = "\ufeff\u200b"  # marks that are no part of an id, beside white space of any width


def read_ids(content: bytes) -> list[str]:
    """The ids of a file in order, each once. A header may stand above them.

    Raises Problem for a file that is empty, too long, of several columns, or no text.
    """
    text = _text(content)
    if text.count("\n") > MOST_LINES:
        raise Problem("ids_too_many", most=MOST_LINES)
    found = list(_cells(text))
    if found and _is_header(found[0], found[1:]):
        del found[0]
    if not found:
        raise Problem("ids_empty")
    return list(dict.fromkeys(found))


def _text(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:  # no text has it, but spreadsheets, Parquet and UTF-16 do
            return text
    raise Problem("ids_encoding")


def _cells(text: str) -> Iterator[str]:
    """The one cell of each line that has any."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = next((sign for sign in SEPARATORS if sign in first), ",")
    lines = csv.reader(StringIO(text, newline=None), delimiter=separator, strict=True)
    try:
        for row in lines:
            cells = [cell.strip().strip(NOTHING).strip() for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > 1:
                raise Problem("ids_columns", line=lines.line_num, count=len(cells))
            yield from cells
    except csv.Error as broken:
        raise Problem("ids_quotes", line=lines.line_num) from broken


def _is_header(first: str, others: Iterable[str]) -> bool:
    """Whether a word stands above numbers: ids of one bank either all have digits, or none."""
    if any(letter.isdigit() for letter in first):
        return False
    return first.lower() == "customer_id" or (
        bool(others) and all(any(letter.isdigit() for letter in other) for other in others)
    )
