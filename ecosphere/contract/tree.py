"""Rows that hang on one another: each on one that stands higher, and never in a circle."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ecosphere.contract.columns import Shapes
from ecosphere.contract.files import Delivery
from ecosphere.contract.personal import masked
from ecosphere.contract.quote import identifier
from ecosphere.contract.report import Finding
from ecosphere.contract.rules import staged
from ecosphere.model import Engine


@dataclass(frozen=True)
class _Node:
    parent: str | None
    level: int | None


def trees(engine: Engine, delivery: Delivery, shapes: Shapes) -> Iterator[Finding]:
    """Findings for each tree of the contract whose id and parent are delivered."""
    for rule in delivery.contract.rules:
        if rule.kind == "tree" and set(rule.columns[:2]) <= set(shapes):
            yield from _tree(engine, delivery, shapes, *rule.columns)


def _tree(
    engine: Engine, delivery: Delivery, shapes: Shapes, id_: str, parent: str, level: str
) -> Iterator[Finding]:
    height = f"try_cast({identifier(level)} as integer)" if level in shapes else "null"
    rows = engine.run(
        f"select {identifier(id_)}, {identifier(parent)}, {height} "
        f"from ({staged(delivery, shapes)}) where {identifier(id_)} is not null order by 1"
    )
    nodes = {id_: _Node(parent, level) for id_, parent, level in rows.iter_rows()}
    top = min((node.level for node in nodes.values() if node.level is not None), default=0)
    circles = sorted(id_ for id_ in nodes if _in_circle(id_, nodes))
    wrong = {
        "cycle": circles,
        "no_parent": [id_ for id_ in nodes if _lost(nodes[id_], top)],
        "wrong_level": [
            id_ for id_ in nodes if id_ not in circles and _too_high(nodes[id_], nodes)
        ],
    }
    for code, ids in wrong.items():
        if ids:
            found = delivery.finding(code, delivery.shown(delivery.files[0]), parent, len(ids),
                                     rows=f"{len(nodes):,}", level=level)  # fmt: skip
            yield replace(found, example=masked(ids[0]))


def _in_circle(start: str, nodes: Mapping[str, _Node]) -> bool:
    """Whether the way upwards from a node leads back to it."""
    seen: set[str] = set()
    here = nodes[start].parent or ""
    while here in nodes and here not in seen:
        if here == start:
            return True
        seen.add(here)
        here = nodes[here].parent or ""
    return False


def _lost(node: _Node, top: int) -> bool:
    """Below the top without a parent; one whose parent is not delivered is told as an orphan."""
    return node.parent is None and node.level is not None and node.level > top


def _too_high(node: _Node, nodes: Mapping[str, _Node]) -> bool:
    """A parent that does not stand higher; level 1 is the highest."""
    parent = nodes.get(node.parent or "")
    above = parent.level if parent else None
    return above is not None and node.level is not None and above >= node.level
