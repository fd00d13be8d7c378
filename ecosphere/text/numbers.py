"""Numbers and dates as a reader of each language writes them. `lang` is "en" or "zh".

Missing is "—". Nothing here rounds for computing: these are the last step before a reader.
"""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite
from typing import NamedTuple

Number = int | float | Decimal

MISSING = "—"
MINUS = "\u2212"  # as wide as "+" and never broken from its number, unlike the hyphen

# One entry per unit, smallest first. Chinese counts in steps of ten thousand.
UNITS: dict[str, tuple[tuple[int, str], ...]] = {
    "en": ((1, ""), (10**3, "k"), (10**6, "M"), (10**9, "B")),
    "zh": ((1, ""), (10**4, "万"), (10**8, "亿")),
}
STEP = {"en": 10**3, "zh": 10**4}  # from one unit to the next
# A unit that reaches from 1 to 9,999 keeps a decimal: 1,234.5万, but 124k.
LEAST_DECIMALS = {"en": 0, "zh": 1}
MOST_DIGITS = 15  # what a float holds
PERCENT = {"en": " %", "zh": "%"}
POINTS = {"en": " pp", "zh": "个百分点"}
# The least value that an axis in this unit ends at, and how Excel writes the unit.
SHEET_UNITS = {
    "en": ((10**9, '0.0,,,"B"'), (10**6, '0.0,,"M"'), (10**3, '0.0,"k"')),
    "zh": ((10**8, '0\\.00,,"亿"'), (10**4, '0\\.0,"万"')),
}
WHOLE_PERCENTS = 0.1  # an axis that ends lower needs a decimal
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def compact(value: Number | None, lang: str, digits: int | None = None) -> str:
    """A count in three significant figures: 1.24M, 12.4k, 986; 124.3万, 1.24亿.

    Whole digits are never rounded away and zeros at the end are dropped. `digits` asks for
    another number of figures.
    """
    if (number := _known(value)) is None:
        return MISSING
    return _sign(number, _compact(abs(number), lang, digits))


def signed(value: Number | None, lang: str, digits: int | None = None) -> str:
    """A change, compact and with its sign: +12.4k, −3, 0."""
    if (number := _known(value)) is None:
        return MISSING
    return _sign(number, _compact(abs(number), lang, digits), plus="+")


def level(value: Number | None, change: Number | None, lang: str) -> str:
    """The number on a card: at least four figures, and as many as make `change` visible.

    The last figure shown is worth no more than the change. Zeros after a unit stay: they were
    measured. A missing change asks for nothing.
    """
    if (number := _known(value)) is None:
        return MISSING
    size, step, digits = abs(number), abs(_known(change) or Decimal(0)), 4
    scale = _scale(size, lang, digits, LEAST_DECIMALS[lang])
    while step and scale.last_figure > step and digits < MOST_DIGITS:
        digits += 1
        scale = _scale(size, lang, digits, LEAST_DECIMALS[lang])
    if scale.last_figure <= 1 and size == size.to_integral_value():
        return _sign(number, _fixed(size, 0))
    text = _fixed(size / scale.unit, scale.decimals)
    return _sign(number, text + scale.name if scale.name else _strip(text))


def integer(value: Number | None) -> str:
    """Every figure, in groups of three in both languages: 384,210."""
    return decimal(value, 0)


def decimal(value: Number | None, decimals: int = 2) -> str:
    """A ratio or a mean, with a fixed number of decimals: 1.23."""
    if (number := _known(value)) is None:
        return MISSING
    return _sign(number, _fixed(abs(number), decimals))


def percent(value: Number | None, lang: str, decimals: int = 1) -> str:
    """A share (0.032) as 3.2 % or 3.2%. What is not nothing but rounds to it is "<0.1 %"."""
    if (number := _known(value)) is None:
        return MISSING
    text = _fixed(abs(number) * 100, decimals)
    if number > 0 and _is_zero(text):
        return f"<{Decimal(1).scaleb(-decimals)}{PERCENT[lang]}"
    return _sign(number, text) + PERCENT[lang]


def percent_change(value: Number | None, lang: str, decimals: int = 1) -> str:
    """A relative change (0.018), with its sign: +1.8 % or +1.8%."""
    return _change(value, decimals, PERCENT[lang])


def points(value: Number | None, lang: str, decimals: int = 1) -> str:
    """The difference of two shares (0.018), with its sign: +1.8 pp or +1.8个百分点."""
    return _change(value, decimals, POINTS[lang])


def plus_minus(value: Number | None, half: Number | None, decimals: int = 0) -> str:
    """An estimate and half the width of its interval: 37 ± 4."""
    if _known(value) is None or _known(half) is None:
        return MISSING
    return f"{decimal(value, decimals)} ± {decimal(half, decimals)}"


def interval(low: Number | None, high: Number | None, lang: str, decimals: int = 0) -> str:
    """Both ends of an interval: 33–41. A word stands between them where a minus is near."""
    first, last = _known(low), _known(high)
    if first is None or last is None:
        return MISSING
    dash = {"en": " to ", "zh": "至"}[lang] if min(first, last) < 0 else "–"
    return f"{decimal(low, decimals)}{dash}{decimal(high, decimals)}"


def hidden(k: int) -> str:
    """What stands for a count that may not be shown: <10, with the reader's own k."""
    return f"<{k}"


def month(value: str | dt.date | None, lang: str) -> str:
    """A month ("2026-10" or any day in it): Oct 2026 or 2026年10月."""
    if value is None:
        return MISSING
    year, number = _year_month(value)
    return f"{year}年{number}月" if lang == "zh" else f"{MONTHS[number - 1]} {year}"


def month_label(value: str | dt.date, lang: str) -> str:
    """A month under an axis, that may break at a space or a hyphen: Oct 2026 or 2026-10."""
    year, number = _year_month(value)
    return f"{year}-{number:02d}" if lang == "zh" else month(value, lang)


def month_short(value: str | dt.date | None, lang: str) -> str:
    """A month where the year is known: Oct or 10月."""
    if value is None:
        return MISSING
    _, number = _year_month(value)
    return f"{number}月" if lang == "zh" else MONTHS[number - 1]


def months(first: str | dt.date, last: str | dt.date, lang: str) -> str:
    """Both ends of a period, the year once where it is one: Jun–Nov 2026 or 2026年6–11月."""
    (year, start), (end_year, end) = _year_month(first), _year_month(last)
    if (year, start) == (end_year, end):
        return month(first, lang)
    if year != end_year:
        return (" – " if lang == "en" else "–").join((month(first, lang), month(last, lang)))
    if lang == "zh":
        return f"{year}年{start}–{end}月"
    return f"{MONTHS[start - 1]}–{MONTHS[end - 1]} {year}"


def date(value: dt.date | None, lang: str) -> str:
    """A day: 21 Nov 2026 or 2026年11月21日."""
    if value is None:
        return MISSING
    text = month(value, lang)
    return f"{text}{value.day}日" if lang == "zh" else f"{value.day} {text}"


def axis_number(lang: str) -> str:
    """A Vega expression: an axis reads as `compact` does."""
    text = "format(datum.value, ',.4~r')"
    for unit, name in UNITS[lang][1:]:
        scaled = f"format(datum.value / {unit}, ',.4~r') + '{name}'"
        text = f"abs(datum.value) >= {unit} ? {scaled} : {text}"
    return text


def axis_percent(lang: str) -> str:
    """A Vega expression: an axis of shares (0.3) reads as `percent` does."""
    return f"format(datum.value * 100, ',.4~r') + '{PERCENT[lang]}'"


def axis_month(lang: str) -> str:
    """A Vega expression for "YYYY-MM" strings: the year under each January and under the first."""
    number, year = "toNumber(substring(datum.value, 5, 7))", "substring(datum.value, 0, 4)"
    if lang == "zh":
        name, year = f"{number} + '月'", f"{year} + '年'"
    else:
        name = f"{list(MONTHS)}[{number} - 1]"
    return f"[{name}, datum.index == 0 || {number} == 1 ? {year} : '']"


class _Scale(NamedTuple):
    unit: int
    name: str
    decimals: int

    @property
    def last_figure(self) -> Decimal:
        """What one step in the last figure shown is worth."""
        return Decimal(self.unit).scaleb(-self.decimals)


def _scale(size: Decimal, lang: str, digits: int, least: int) -> _Scale:
    """The unit and decimals that show `digits` figures. Rounding comes first: 999,950 is 1M."""
    for unit, name in UNITS[lang]:
        figures = digits - 1 - (size / unit).adjusted()
        scale = _Scale(unit, name, max(figures, least if unit > 1 else 0, 0))
        if _round(size / unit, scale.decimals) < STEP[lang]:
            break
    return scale


def _compact(size: Decimal, lang: str, digits: int | None) -> str:
    least = LEAST_DECIMALS[lang] if digits is None else 0
    scale = _scale(size, lang, digits or 3, least)
    return _strip(_fixed(size / scale.unit, scale.decimals)) + scale.name


def _known(value: Number | None) -> Decimal | None:
    """The number as it would be typed; None for what is no number."""
    if value is None or not isfinite(value):
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _round(size: Decimal, decimals: int) -> Decimal:
    return size.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _fixed(size: Decimal, decimals: int) -> str:
    return f"{_round(size, decimals):,f}"


def _strip(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _change(value: Number | None, decimals: int, unit: str) -> str:
    if (number := _known(value)) is None:
        return MISSING
    return _sign(number, _fixed(abs(number) * 100, decimals), plus="+") + unit


def _sign(number: Decimal, text: str, plus: str = "") -> str:
    """A sign in front of what is shown; never in front of a zero."""
    if _is_zero(text):
        return text
    return MINUS + text if number < 0 else plus + text if number > 0 else text


def _is_zero(text: str) -> bool:
    return not any(figure in text for figure in "123456789")


def _year_month(value: str | dt.date) -> tuple[int, int]:
    day = value if isinstance(value, dt.date) else dt.date.fromisoformat(f"{value[:7]}-01")
    return day.year, day.month


def axis_format(most: float, lang: str, *, is_share: bool = False) -> str:
    """The number format of Excel and PowerPoint for an axis that ends at `most`: 1.2M, 12.4万, 8 %.

    A comma in it divides by a thousand; Chinese counts in ten thousands, so a point is put in.
    """
    if is_share:
        return "0%" if most >= WHOLE_PERCENTS else "0.0%"
    for least, shape in SHEET_UNITS[lang]:
        if most >= least:
            return f"{shape};-{shape};0"
    return "#,##0"
