"""Check a folder of exports: every failure in one report, and what can be read afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from ecosphere.contract import columns, files, keys, parts, suggest, whole
from ecosphere.contract import rules as row_rules
from ecosphere.contract.band import outside_band
from ecosphere.contract.columns import Shapes
from ecosphere.contract.files import Delivery, Schema
from ecosphere.contract.keys import Bound
from ecosphere.contract.mapping import Mapping, nearest
from ecosphere.contract.memory import Memory, Part
from ecosphere.contract.parts import Seal
from ecosphere.contract.personal import personal
from ecosphere.contract.quote import identifier
from ecosphere.contract.report import Finding, Report, Source
from ecosphere.contract.rules import Rule
from ecosphere.contract.shape import absent_columns, raw_select
from ecosphere.contract.tally import Tally, judged, tally, whole_files
from ecosphere.contract.terms import Column, Contract, contracts
from ecosphere.contract.tree import trees
from ecosphere.contract.whole import Stamp
from ecosphere.model import Engine

Progress = Callable[[str, int, int], None]  # which export, how many are done, of how many


@dataclass(frozen=True)
class _Examined:
    """One export as far as it can be known without the others."""

    delivery: Delivery
    findings: list[Finding]
    shapes: Shapes = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    stamps: dict[Path, Stamp] = field(default_factory=dict)
    sealed: dict[Path, Seal] = field(default_factory=dict)
    trusted: dict[Path, Part] = field(default_factory=dict)

    def bound(self, memory: Memory | None) -> Bound:
        is_same = parts.unchanged(self.delivery, self.sealed, memory)
        return Bound(self.delivery, self.shapes, self.tally.rows, tuple(self.trusted), is_same)


def check(
    engine: Engine,
    folder: Path,
    mapping: Mapping,
    timezone: str,
    today: date,
    memory: Memory | None = None,
    progress: Progress = lambda *_: None,
) -> Report:
    """Everything that is wrong with the exports in a folder; nothing is written anywhere.

    With a memory every file gets a digest, and one in which all was in order is not read again.
    Progress is told before each export: its name, how many are done, of how many.
    """
    folder = folder.absolute()
    if not folder.is_dir():
        missing = Finding("no_folder", "–", str(folder))
        return Report(folder, (missing,), {})
    deliveries = [_delivered(folder, contract, mapping, timezone, today)
                  for contract in contracts().values()]  # fmt: skip
    # All before any is read: what has not changed at the end then stood side by side throughout.
    stamps = [whole.stamps(delivery.files) for delivery in deliveries]
    try:
        return _report(engine, folder, deliveries, stamps, memory, progress)
    except Exception:
        moved = [f for pair in zip(deliveries, stamps, strict=True) for f in whole.growing(*pair)]
        if not moved:
            raise
        return Report(folder, tuple(moved), {})  # why it broke matters less than that it moves


def _report(
    engine: Engine,
    folder: Path,
    deliveries: list[Delivery],
    stamps: list[dict[Path, Stamp]],
    memory: Memory | None,
    progress: Progress,
) -> Report:
    examined = {}
    for done, (delivery, before) in enumerate(zip(deliveries, stamps, strict=True)):
        progress(delivery.contract.name, done, len(deliveries))
        examined[delivery.contract.name] = _examine(engine, delivery, before, memory)
    bound = {name: one.bound(memory) for name, one in examined.items() if one.shapes}
    between, orphan_rules = keys.references(engine, bound, memory)
    findings = [finding for one in examined.values() for finding in one.findings]
    findings += [*between, *_unknown(folder, examined)]
    findings += [f for one in examined.values() for f in whole.growing(one.delivery, one.stamps)]
    sources = {name: _source(engine, examined[name], findings, orphan_rules.get(name, []))
               for name in bound}  # fmt: skip
    by_file = {name: source.parts for name, source in sources.items()}
    findings += outside_band(engine, bound, by_file)
    return Report(folder, tuple(_in_order(findings)), sources)


def _delivered(
    folder: Path, contract: Contract, mapping: Mapping, timezone: str, today: date
) -> Delivery:
    """The files that are there, whatever is in them."""
    of = mapping.of(contract.name)
    found = files.find(folder, contract, of)
    return Delivery(contract, of, folder, of.timezone or timezone, today, found)


def _examine(
    engine: Engine, delivery: Delivery, stamps: dict[Path, Stamp], memory: Memory | None
) -> _Examined:
    found, delivery = delivery.files, replace(delivery, files=())
    if not found:
        return _Examined(delivery, _absent(delivery))
    good, faults = files.readable(delivery, found)
    faults += whole.incomplete(delivery, found)
    return replace(_read(engine, delivery, good, faults, memory), stamps=stamps)


def _read(
    engine: Engine,
    delivery: Delivery,
    good: list[Path],
    faults: list[Finding],
    memory: Memory | None,
) -> _Examined:
    schemas, unread = files.schemas(engine, delivery, good)
    used = columns.used(delivery, list(schemas.values()))
    agreed, differ = files.agreeing(delivery, schemas, used)
    faults = [*faults, *unread, *differ]
    if not agreed:
        return _Examined(delivery, faults)
    counts = files.rows(engine, agreed)
    faults += whole.empty_parts(delivery, counts)
    if not delivery.contract.key:
        faults += files.same_content(delivery, counts, used)
    if not sum(counts.values()):
        faults.append(delivery.finding("zero_rows", delivery.shown(next(iter(agreed)))))
    return _values(engine, _filled(delivery, agreed, counts), counts, faults, memory)


def _filled(delivery: Delivery, agreed: dict[Path, Schema], counts: dict[Path, int]) -> Delivery:
    first, *others = agreed.values()
    common = {name: kind for name, kind in first.items()
              if all(other.get(name) == kind for other in others)}  # fmt: skip
    hive = {files.hive_keys(delivery, file) for file in agreed}
    uneven = tuple(file for file, schema in agreed.items() if len(schema) > len(common))
    return replace(delivery, files=tuple(agreed), columns=common, rows=sum(counts.values()),
                   uneven=uneven,
                   hive=hive.pop() if len(hive) == 1 else ())  # fmt: skip


def _values(
    engine: Engine,
    delivery: Delivery,
    counts: dict[Path, int],
    faults: list[Finding],
    memory: Memory | None,
) -> _Examined:
    """What the values say. When a file breaks on the way, the whole ones are looked at again."""
    try:
        shapes, misfits = columns.bind(engine, delivery)
        sealed = parts.seals(delivery, memory)
        trusted = parts.trusted(engine, delivery, shapes, sealed, memory)
        fresh = _only(delivery, [file for file in delivery.files if file not in trusted], counts)
        rules = row_rules.rules(fresh, shapes)
        found = tally(engine, fresh, shapes, rules) if fresh.files else Tally()
    except Exception as broken:
        if not files.file_fault(broken):
            raise
        left, damaged = whole_files(engine, delivery, delivery.files)
        if not damaged:
            raise  # not the files, then: nothing here may be swallowed
        if not left:
            return _Examined(delivery, [*faults, *damaged])
        return _values(engine, _only(delivery, left, counts), counts, [*faults, *damaged], memory)
    counted = found.plus(trusted.values())
    findings = [*faults, *misfits]
    if fresh.files:
        findings += judged(engine, fresh, shapes, rules, counted) + personal(engine, fresh)
    findings += keys.duplicates(engine, Bound(delivery, shapes, counted.rows, tuple(trusted)))
    findings += trees(engine, delivery, shapes)
    return _Examined(delivery, findings, shapes, rules, counted, {}, sealed, trusted)


def _only(delivery: Delivery, left: list[Path], counts: dict[Path, int]) -> Delivery:
    """Some of the files of an export."""
    uneven = tuple(file for file in delivery.uneven if file in left)
    rows = sum(counts[file] for file in left)
    return replace(delivery, files=tuple(left), rows=rows, uneven=uneven)


def _absent(delivery: Delivery) -> list[Finding]:
    """No finding for an optional export, unless the mapping says where it should be."""
    contract: Contract = delivery.contract
    if not contract.required and not delivery.mapping.file:
        return []
    expected = delivery.mapping.file or f"{contract.name}.parquet, {contract.name}/**/*.parquet"
    return [delivery.finding("missing_export", expected, expected=expected)]


def _unknown(folder: Path, examined: dict[str, _Examined]) -> list[Finding]:
    """Exports by a name that no contract has: a slip of the pen, or not read yet."""
    mapped = any(one.delivery.mapping.file for one in examined.values())
    names = {path.name.removesuffix(".parquet"): path for path in folder.iterdir()
             if path.suffix == ".parquet"}  # fmt: skip
    return [
        Finding("unknown_export", name, path.name, severity="notice",
                values={"suggestion": nearest(name, contracts()) or "–",
                        "known": suggest.some(contracts())})
        for name, path in sorted(names.items()) if name not in contracts() and not mapped
    ]  # fmt: skip


def _source(
    engine: Engine, one: _Examined, findings: list[Finding], orphans: list[tuple[str, str]]
) -> Source:
    delivery, shapes = one.delivery, one.shapes
    wanted = columns.wanted(delivery)
    aside = {(f.code, f.column) for f in findings
             if f.severity == "quarantine" and f.export == delivery.contract.name}  # fmt: skip
    rules = [(r.name, r.condition) for r in one.rules if (r.code, r.column) in aside]
    rules += [rule for rule in orphans if any(rule[0] == f"orphan.{name}" for _, name in aside)]
    staged = row_rules.staged(delivery, shapes, **absent_columns(wanted, shapes))
    by_file, met = _by_file(engine, one, rules)
    return Source(
        contract=delivery.contract,
        files=delivery.files,
        raw=raw_select(shapes, wanted, delivery.scan, delivery.mapping.drop_null),
        checked=_checked(delivery, wanted, staged, rules),
        present=tuple(shapes),
        attributes=columns.attributes(delivery, shapes),
        rows_in=delivery.rows,
        dropped=delivery.rows - one.tally.rows,
        quarantined={name: met.get(number, 0) for number, (name, _) in enumerate(rules)},
        first_day=one.tally.first_day,
        last_day=one.tally.last_day,
        parts=by_file,
        stamps=one.stamps,
    )


def _by_file(
    engine: Engine, one: _Examined, rules: list[tuple[str, str]]
) -> tuple[tuple[Part, ...], dict[int, int]]:
    """What each file holds, and how many rows each rule has set aside, each row counted once."""
    delivery, trusted = one.delivery, one.trusted
    if any(name.startswith("orphan.") for name, _ in rules):
        trusted = {}  # what is an orphan another export decides, so any file may hold some
    fresh = replace(delivery, files=tuple(f for f in delivery.files if f not in trusted))
    first_rule = _first_rule(rules) if rules else "cast(null as integer)"
    found, met = parts.examined(engine, fresh, one.shapes, one.sealed, first_rule)
    again = [replace(part, stamp=one.sealed[file][0]) for file, part in trusted.items()]
    return tuple(sorted([*found, *again], key=lambda part: part.file)), met


def _checked(
    delivery: Delivery, wanted: tuple[Column, ...], staged: str, rules: list[tuple[str, str]]
) -> str:
    """The raw rows that meet no rule. In the usual, clean case there is nothing to test."""
    raw = f"raw.{identifier(delivery.contract.name)}"
    if not rules:
        return f"select * from {raw}"
    names = ", ".join(identifier(column.name) for column in wanted)
    return f"select {names} from ({staged}) where {_first_rule(rules)} is null"


def _first_rule(rules: list[tuple[str, str]]) -> str:
    """The number of the first rule that a row meets, null when it meets none."""
    whens = (f"when {condition} then {number}" for number, (_, condition) in enumerate(rules))
    return f"(case {' '.join(whens)} end)"


def _in_order(findings: list[Finding]) -> list[Finding]:
    """By export, and within an export what refuses it first."""
    exports = [*contracts(), *sorted({f.export for f in findings} - set(contracts()))]
    severities = ("refuse", "quarantine", "notice")
    return sorted(findings, key=lambda f: (exports.index(f.export), severities.index(f.severity)))
