"""What a reader can see of a page that AppTest has run."""

import json
import re
from collections.abc import Iterator
from typing import Any

from streamlit.testing.v1 import AppTest

# Fields of Streamlit's messages that reach a reader as words.
WORDED = frozenset(
    {"body", "label", "options", "content", "placeholder", "help", "alt", "title", "caption"}
)
MARKUP = re.compile(r":(?:small|gray(?:-badge)?|material/\w+:?)\b|\\")


def charts(app: AppTest) -> list[dict[str, Any]]:
    """The specs of the charts, as they were sent to the browser."""
    return [json.loads(chart.proto.spec) for chart in app.get("vega_lite_chart")]


def counted(app: AppTest, name: str, chart: int = 0) -> dict[str, str]:
    """What the tooltips of a chart say of one series: "Oct 2026" -> "2,533"."""
    rows = (row for row in _nodes(charts(app)[chart]) if "shown" in row and "name" in row)
    return {
        row["name"].removesuffix(name).strip(): row["shown"]
        for row in rows
        if row["name"].endswith(f" {name}")
    }


def words(app: AppTest) -> str:
    """Everything that is written on the page, in the sidebar and on the charts."""
    written = [*_written(app), *(line for spec in charts(app) for line in _drawn(spec))]
    return MARKUP.sub("", "\n".join(written))


def _written(app: AppTest) -> Iterator[str]:
    waiting: list[Any] = list(app._tree.children.values())
    while waiting:
        found = waiting.pop(0)
        waiting[:0] = list(getattr(found, "children", {}).values())
        # Code and its parameters are the same in every language.
        if getattr(found, "type", "") not in ("code", "json") and hasattr(found, "proto"):
            yield from _fields(found.proto)


def _fields(message: Any) -> Iterator[str]:
    if not hasattr(message, "ListFields"):
        return
    for field, value in message.ListFields():
        for part in value if field.is_repeated else [value]:
            if isinstance(part, str) and field.name in WORDED:
                yield part
            yield from _fields(part)


def _drawn(spec: dict[str, Any]) -> Iterator[str]:
    """The words on a chart: values of its rows, marks, and the fields of its tooltips."""
    for node in _nodes(spec):
        found = [node.get(key) for key in ("name", "text", "title")]
        found += node.get("domain", []) if isinstance(node.get("domain"), list) else []
        # "title" is Vega's own word: the field that becomes the heading of a tooltip.
        yield from (word for word in found if isinstance(word, str) and word != "title")
        if expression := node.get("labelExpr"):
            yield from re.findall(r"'(\w+)'", expression)


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from _nodes(child)
