"""What must hold of every row. One pass over an export answers all of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from ecosphere.contract import suggest
from ecosphere.contract.columns import Shapes
from ecosphere.contract.files import Delivery
from ecosphere.contract.garbled import SUSPECT
from ecosphere.contract.quote import day, identifier, listed, literal
from ecosphere.contract.shape import Shaped, select_kept

SENTINELS = (date(9999, 12, 31), date(2999, 12, 31), date(1900, 1, 1), date(1, 1, 1))
LATE = (date(2999, 12, 1), date(9999, 12, 1))  # their months
NO_NUMBERS = ("nan", "inf", "-inf")
NULL_TEXTS = ("", "NULL", "null", "-", "N/A", "\\N", "None", "nan")
FILE, ROW = "its file", "its row"  # no column of ours has a space in its name
ONE_DAY = timedelta(days=1)  # an export of today may hold the first events of tomorrow elsewhere


@dataclass(frozen=True)
class Rule:
    """A condition, over our columns, that no row should meet.

    `limited`: up to a share such rows are set aside; `example` is what may be shown of one.
    `screen` is an aggregate over all rows that is true whenever a row meets the condition, and
    cheaper to ask; `reads` says that it looks into every value, as no statistics could answer it;
    `suspect` is the screen of one row; `listed` says that the column has few different values, so
    that these are asked and not the rows.
    """

    code: str
    column: str
    condition: str
    limited: bool = False
    example: str | None = None
    screen: str = ""
    reads: bool = False
    suspect: str = ""
    listed: bool = False
    values: dict[str, object] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        return f"{self.code}.{self.column}"


def rules(delivery: Delivery, shapes: Shapes) -> list[Rule]:
    """Every rule that the columns at hand allow to be asked."""
    found = [rule for shaped in shapes.values() for rule in _of_column(delivery, shaped)]
    return [*found, *_one_of(delivery, shapes), *_between(delivery, shapes)]


def staged(delivery: Delivery, shapes: Shapes, **more: str) -> str:
    """Our columns, beside each that can lose a value what was given, and `more` SQL under names.

    The rows that the mapping drops are left out.
    """
    named = {name: shaped.ours for name, shaped in shapes.items()}
    named |= {given(name): shaped.given for name, shaped in shapes.items() if shaped.loses}
    return select_kept({**named, **more}, delivery.scan, delivery.mapping.drop_null)


def located(delivery: Delivery, shapes: Shapes) -> str:
    """`staged` with the file and the number of every row."""
    return staged(delivery, shapes, **{FILE: "filename", ROW: "file_row_number + 1"})


def given(name: str) -> str:
    """The column of `staged` that holds what was given for a column of ours."""
    return f"given {name}"


def _of_column(delivery: Delivery, shaped: Shaped) -> Iterator[Rule]:
    column, name = shaped.column, identifier(shaped.column.name)
    if not column.nullable or (column.name in delivery.contract.key and column.required):
        yield _null(delivery, shaped)
    if shaped.theirs is None:
        return
    if shaped.loses:
        yield Rule("unreadable_value", column.name,
                   f"{name} is null and {identifier(given(column.name))} is not null",
                   limited=column.dated, example=_shown(shaped, identifier(given(column.name))),
                   values={"expected": shaped.mapping.date or column.type})  # fmt: skip
    if column.dated:
        yield from _dates(delivery, shaped)
    elif column.type == "id" and (shaped.family != "integer" or shaped.mapping.values):
        yield _null_text(delivery, shaped)
    elif column.type in ("number", "integer"):
        yield from _numbers(delivery, shaped)
    elif column.type in ("code", "text") and not column.several:
        yield from _texts(shaped)


def _null(delivery: Delivery, shaped: Shaped) -> Rule:
    name = shaped.column.name
    code = "null_key" if name in delivery.contract.key else "null_value"
    return Rule(code, name, f"{identifier(name)} is null",
                values={"table": suggest.table(delivery.contract.name, columns=False),
                        "line": suggest.dropping(delivery.mapping, (name,))})  # fmt: skip


def _null_text(delivery: Delivery, shaped: Shaped) -> Rule:
    name = identifier(shaped.column.name)
    line = _line(delivery, shaped, null=(*shaped.mapping.null, *NULL_TEXTS))
    return Rule("null_text", shaped.column.name, f"{name} in ({listed(NULL_TEXTS)})",
                screen=f"min(strlen({name})) <= 4", reads=True,
                example=f"'“' || {name} || '”'", values=line)  # fmt: skip


def _dates(delivery: Delivery, shaped: Shaped) -> Iterator[Rule]:
    column, name = shaped.column, identifier(shaped.column.name)
    shown = f"cast(cast({name} as date) as varchar)"
    values = {*SENTINELS}
    if column.type == "month":  # all that is left of a day is its month
        values |= {value.replace(day=1) for value in SENTINELS}
    sentinels = ", ".join(day(value) for value in sorted(values))
    is_sentinel = f"cast({name} as date) in ({sentinels})"
    outside = f"min({name}) < {day(SENTINELS[2] + ONE_DAY)} or max({name}) >= {day(min(LATE))}"
    texts = tuple(value.isoformat() for value in sorted(values, reverse=True))
    yield Rule("sentinel_date", column.name, is_sentinel, limited=True, example=shown,
               screen=outside,
               values=_line(delivery, shaped, null=(*shaped.mapping.null, *texts)))  # fmt: skip
    if not column.future:
        late = f">= {day(delivery.today + 2 * ONE_DAY)}"
        yield Rule("future_date", column.name, f"{name} {late} and not {is_sentinel}",
                   limited=True, example=shown, screen=f"max({name}) {late}",
                   values={"expected": delivery.today + ONE_DAY})  # fmt: skip
    if column.first_plausible:
        early = f"< {day(column.first_plausible)}"
        yield Rule("early_date", column.name, f"{name} {early} and not {is_sentinel}",
                   limited=True, example=shown, screen=f"min({name}) {early}",
                   values={"expected": column.first_plausible})  # fmt: skip


def _numbers(delivery: Delivery, shaped: Shaped) -> Iterator[Rule]:
    column, name = shaped.column, identifier(shaped.column.name)
    if shaped.family == "number":
        line = _line(delivery, shaped, null=(*shaped.mapping.null, *NO_NUMBERS))
        yield Rule("not_a_number", column.name, f"not isfinite({name})",
                   example=f"cast({name} as varchar)", values=line)  # fmt: skip
    if column.at_least is not None:
        yield Rule("too_low", column.name, f"{name} < {column.at_least:g}",
                   screen=f"min({name}) < {column.at_least:g}",
                   example=f"cast({name} as varchar)",
                   values={"expected": f"{column.at_least:g}"})  # fmt: skip


def _between(delivery: Delivery, shapes: Shapes) -> Iterator[Rule]:
    """Rules over several columns of one row; a column that is not delivered asks nothing."""
    for rule in delivery.contract.rules:
        present = [name if name in shapes else "" for name in rule.columns]
        if rule.kind == "not_before" and all(present):
            yield _not_before(*rule.columns)
        elif rule.kind == "within" and present[0] and any(present[1:]):
            yield _within(*present)


def _not_before(first: str, second: str) -> Rule:
    a, b = (f"cast({identifier(name)} as date)" for name in (first, second))
    none = ", ".join(day(value) for value in SENTINELS)  # told as what they are
    return Rule("wrong_order", second, f"{b} < {a} and {b} not in ({none}) and {a} not in ({none})",
                limited=True, example=f"{a} || ' → ' || {b}", values={"first": first})  # fmt: skip


def _within(value: str, low: str, high: str) -> Rule:
    name, ends = identifier(value), [(low, "<"), (high, ">")]
    outside = " or ".join(f"{name} {sign} {identifier(end)}" for end, sign in ends if end)
    shown = " || ' … ' || ".join(identifier(end) for end, _ in ends if end)
    return Rule("outside_scale", value, f"({outside})",
                example=f"{name} || ' (' || {shown} || ')'",
                values={"scale": " / ".join(end for end, _ in ends if end)})  # fmt: skip


def _texts(shaped: Shaped) -> Iterator[Rule]:
    column, name = shaped.column, identifier(shaped.column.name)
    if column.values and not column.open:
        yield Rule("not_allowed", column.name, f"{name} not in ({listed(column.codes)})",
                   example=_shown(shaped, name), listed=True,
                   values={"allowed": ", ".join(column.codes)})  # fmt: skip
    else:
        yield Rule("mojibake", column.name, f"regexp_matches({name}, {literal(SUSPECT)})",
                   screen=f"bool_or(strlen({name}) <> length({name}))", reads=True,
                   suspect=f"strlen({name}) <> length({name})",
                   example=_shown(shaped, name))  # fmt: skip


def _one_of(delivery: Delivery, shapes: Shapes) -> Iterator[Rule]:
    for group in delivery.contract.one_of:
        present = [name for name in group if name in shapes]
        if present:
            nulls = " and ".join(f"{identifier(name)} is null" for name in present)
            line = suggest.dropping(delivery.mapping, tuple(present))
            yield Rule("neither", " / ".join(group), nulls,
                       values={"table": suggest.table(delivery.contract.name, columns=False),
                               "line": line})  # fmt: skip


def _shown(shaped: Shaped, name: str) -> str | None:
    return None if shaped.column.personal else f"left(cast({name} as varchar), 40)"


def _line(delivery: Delivery, shaped: Shaped, **changes: object) -> dict[str, object]:
    mapping = suggest.line(shaped.mapping, theirs=shaped.theirs, **changes)
    return {"table": suggest.table(delivery.contract.name), "line": mapping}
