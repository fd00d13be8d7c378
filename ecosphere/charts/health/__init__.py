"""What the exhibits of `data_health` share: their frame, and why one may be empty."""

from collections.abc import Sequence

from ecosphere.exhibit import Chart, Exhibit, State, footer
from ecosphere.model import Released
from ecosphere.text import Text, numbers


def made(
    released: Released,
    text: Text,
    finding: str,
    chart: Chart | State,
    height: int = 280,
    notes: Sequence[str] = (),
    choices: tuple[str, ...] = (),
    **values: object,
) -> Exhibit:
    """An exhibit of the page; `values` go into its subtitle."""
    key = released.name.replace("/", ".")
    subtitle = text(f"{key}.subtitle", **values)
    return Exhibit(
        name=released.name,
        title=finding,
        subtitle=subtitle,
        chart=chart,
        table=released,
        alt=text("data_health.alt", subtitle=subtitle, finding=finding),
        chips=_chips(released, text),
        footer=footer(released, text),
        notes=tuple(notes),
        choices=choices,
        height=height,
    )


def title(released: Released, text: Text) -> str:
    return text(f"{released.name.replace('/', '.')}.title")


def empty(released: Released, text: Text, *, whole: bool = False) -> State:
    """Why there is nothing. With `whole`: what is told of the whole bank only, and a part was
    asked for."""
    key = released.name.replace("/", ".")
    if whole and is_part(released):
        return State("empty", text("data_health.part_title"), text("data_health.part_fix"))
    return State("empty", text(f"{key}.empty_title"), text(f"{key}.empty_fix"))


def is_part(released: Released) -> bool:
    """Whether the reader or the role has chosen some of the people."""
    return bool(released.origin.rows or released.origin.filters.who)


def _chips(released: Released, text: Text) -> tuple[str, ...]:
    """No filter on people stands here, since none applies."""
    day = text("frame.data_to", day=numbers.date(released.origin.as_of, text.language))
    return (day, text("data_health.whole_bank")) if is_part(released) else (day,)
