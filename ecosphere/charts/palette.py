"""The colours of both themes, and what makes a colour readable on another."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

READABLE = 4.5  # WCAG 2.2 AA: contrast of text


@dataclass(frozen=True)
class Palette:
    """The colours of one theme, as "#RRGGBB". Better is `accent`; worse is `worse`."""

    page: str
    ink: str
    muted: str
    grid: str
    accent: str
    worse: str
    rest: str  # what is not chosen
    soft: str  # the low end of a sequence that ends in accent
    categories: tuple[str, ...]

    @cached_property
    def category_text(self) -> tuple[str, ...]:
        """The categories as text: moved towards ink until they can be read."""
        return tuple(readable(color, self) for color in self.categories)


PALETTES = {
    "light": Palette(
        page="#FFFFFF",
        ink="#101822",
        muted="#5C6878",
        grid="#E7EBF0",
        accent="#2457C5",
        worse="#C24E17",
        rest="#C3CBD6",
        soft="#EAF0FC",
        categories=(
            "#3E6AD6",
            "#C58708",
            "#E2604A",
            "#2F9D84",
            "#8C5FD1",
            "#C2528B",
            "#4794D0",
            "#8A6B4F",
        ),
    ),
    "dark": Palette(
        page="#12171F",
        ink="#E8EDF3",
        muted="#9AA7B6",
        grid="#28313D",
        accent="#7DA6FF",
        worse="#F0935A",
        rest="#475364",
        soft="#1B2944",
        categories=(
            "#7DA0F5",
            "#F2BE4B",
            "#F08A76",
            "#63C9B1",
            "#B394EA",
            "#E084B4",
            "#8CC6F0",
            "#BFA184",
        ),
    ),
}


def contrast(a: str, b: str) -> float:
    """WCAG's ratio of two colours, 1 to 21."""
    low, high = sorted((_luminance(a), _luminance(b)))
    return (high + 0.05) / (low + 0.05)


def mix(a: str, b: str, share: float) -> str:
    """`share` of `b` in `a`, 0 to 1: what Vega makes with interpolate="rgb"."""
    pairs = zip(_channels(a), _channels(b), strict=True)
    return "#" + "".join(f"{round(x * (1 - share) + y * share):02X}" for x, y in pairs)


def readable(color: str, palette: Palette) -> str:
    """The same hue, moved towards ink until text in it can be read on the page."""
    steps = (mix(color, palette.ink, step / 20) for step in range(21))
    return next((c for c in steps if contrast(c, palette.page) >= READABLE), palette.ink)


def on(fill: str, palette: Palette) -> str:
    """The colour of text on a filled cell or bar: ink or page, else black or white.

    One of the last two always has 4.58:1 or more.
    """
    for pair in ((palette.ink, palette.page), ("#000000", "#FFFFFF")):
        best = max(pair, key=lambda color: contrast(color, fill))
        if contrast(best, fill) >= READABLE:
            break
    return best


def assign(keys: Sequence[str], palette: Palette) -> dict[str, str]:
    """A colour per key, in the order given; keys beyond the eighth share the grey of "other".

    Give all keys of the data, not those on one chart, so that a scene keeps its colour.
    """
    colors = palette.categories
    return {key: colors[i] if i < len(colors) else palette.rest for i, key in enumerate(keys)}


def _luminance(color: str) -> float:
    parts = (c / 255 for c in _channels(color))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(k * p for k, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _channels(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]
