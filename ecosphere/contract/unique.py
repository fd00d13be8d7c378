"""Proof that no value comes twice, without sorting anything."""

from ecosphere.contract.columns import Shapes
from ecosphere.contract.files import Delivery
from ecosphere.contract.quote import identifier
from ecosphere.contract.rules import staged
from ecosphere.contract.shape import Shaped
from ecosphere.model import Engine

# Numbers are ticked off in a list of bits. It is used while it has at most so many bits a row.
BITS_PER_ROW = 64
LONGEST_BITS = 1 << 30  # 128 MB
# So many hashes are compared in memory (8 bytes each); the engine compares more on disk.
HASHES_IN_MEMORY = 16_000_000

NUMBER = "its number"


def all_different(engine: Engine, delivery: Delivery, shapes: Shapes, key: list[str],
                  source: str) -> bool:  # fmt: skip
    """True when no key comes twice in `source`. False proves nothing: two hashes may be equal."""
    if len(key) == 1 and _counts(delivery, shapes[key[0]]):
        ticked = _all_ticked_once(engine, delivery, shapes, shapes[key[0]])
        if ticked is not None:
            return ticked
    # Equal keys have equal hashes, so as many hashes as rows proves that no key comes twice.
    hashed = f"hash({', '.join(map(identifier, key))})"
    if delivery.rows <= HASHES_IN_MEMORY:
        hashes = engine.run(f"select {hashed} as hash from {source}")["hash"]
        return hashes.n_unique() == len(hashes)
    row = engine.run(f"select count(*), count(distinct {hashed}) from {source}").row(0)
    return bool(row[0] == row[1])


def _counts(delivery: Delivery, shaped: Shaped) -> bool:
    """Whether a column holds integers that stay what they are: none becomes another, or nothing."""
    mapping = shaped.mapping
    kind = delivery.columns.get(shaped.theirs or "", "")
    integers = kind.endswith(("INT", "INTEGER")) and "HUGE" not in kind
    return integers and not mapping.values and not mapping.null


def _all_ticked_once(
    engine: Engine, delivery: Delivery, shapes: Shapes, shaped: Shaped
) -> bool | None:
    """Whether as many different integers as filled rows; None when they lie too far apart."""
    number = identifier(NUMBER)
    source = staged(delivery, shapes, **{NUMBER: identifier(shaped.theirs or "")})
    filled = f"from ({source}) where {number} is not null"
    count, low, high = engine.run(f"select count(*), min({number}), max({number}) {filled}").row(0)
    if not count:
        return True
    if high - low >= min(BITS_PER_ROW * count, LONGEST_BITS):
        return None
    bits = f"bit_count(bitstring_agg({number}, {low}, {high}))"
    return bool(engine.run(f"select {bits} {filled}").item() == count)
