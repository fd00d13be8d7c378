"""HOME/ecosphere.toml, validated; every key has a default and a reason (docs/configuration.md)."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ecosphere.model import Chosen, Filters, Problem, Role, StorageFailed

ROOT = Path(__file__).resolve().parents[1]
FILE_NAME = "ecosphere.toml"
HIGHEST_LEVEL = 5  # of data, by JR/T 0197-2020
MEMORY = re.compile(r"[1-9]\d*(MB|GB|TB)|[1-9]\d?%")

SHIPPED_ROLES = {
    role.name: role
    for role in (
        Role("executive"),
        Role("analyst", check=True),  # as long as ecosphere.toml names no role: see _shipped
        Role("partner_manager"),
        Role("data_engineer", export=False, check=True),
        Role("privacy_officer"),
    )
}


@dataclass(frozen=True)
class Exports:
    """Where the next delivery lies, and its mapping file; paths begin at HOME. Empty: not said."""

    folder: str = ""
    mapping: str = ""


@dataclass(frozen=True)
class Definitions:
    """What the bank has decided of the words it uses.

    `tiers`: where bands of AUM begin above the lowest, in yuan. A customer falls to a lower one
    after so many months below; the highest has a longer grace. A relationship is full from so many
    of the six kinds on, with activity within so many days (at most 90).
    """

    tiers: tuple[int, ...] = (10_000, 50_000, 200_000, 500_000, 6_000_000)
    tier_months_below: int = 3
    top_tier_months_below: int = 6
    full_relationship_kinds: int = 4
    full_relationship_days: int = 90


# The highest number that each of these definitions may be.
MOST = {
    "tier_months_below": 120,
    "top_tier_months_below": 120,
    "full_relationship_kinds": 6,
    "full_relationship_days": 90,  # windows begin at most three months before
}


@dataclass(frozen=True)
class Files:
    """What is written on files that leave, and the template of slides; its path begins at HOME.

    `level` is the level of the data by JR/T 0197-2020, 1 to 5. An empty label is that of the
    language: "Internal".
    """

    level: int = 2
    label_en: str = ""
    label_zh: str = ""
    template: str = ""

    def label(self, language: str) -> str:
        return {"en": self.label_en, "zh": self.label_zh}[language]


@dataclass(frozen=True)
class Config:
    """What one installation has decided. Defaults are those of a bank in mainland China."""

    timezone: str = "Asia/Shanghai"
    currency: str = "CNY"
    default_role: str = "analyst"
    roles: Mapping[str, Role] = field(default_factory=lambda: SHIPPED_ROLES)
    stale_after_days: int = 3
    build_memory: str = "80%"
    exports: Exports = Exports()
    definitions: Definitions = Definitions()
    files: Files = Files()

    def role(self, name: str | None) -> Role:
        """The role of that name, or the default one; a Problem when there is none."""
        wanted = name or self.default_role
        if wanted not in self.roles:
            raise Problem("unknown_role", value=wanted, known=", ".join(self.roles))
        return self.roles[wanted]


def load(home: Path) -> Config:
    """Read HOME/ecosphere.toml; without the file, the defaults. Every fault is a Problem."""
    path = home / FILE_NAME
    if not path.exists():
        return Config()
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise Problem("config_unreadable", file=path, detail=str(broken)) from broken
    except OSError as closed:
        raise StorageFailed("storage", detail=str(closed)) from closed
    return _Reader(path).config(settings)


def _shipped(is_alone: bool) -> dict[str, Role]:
    """The shipped roles. Where nobody has divided the work yet, whoever looks may also check."""
    found = dict(SHIPPED_ROLES)
    return found if is_alone else {**found, "analyst": replace(found["analyst"], check=False)}


@dataclass(frozen=True)
class _Reader:
    """Turns settings into a Config and names the file in whatever is wrong."""

    path: Path

    def config(self, settings: dict[str, Any]) -> Config:
        roles = settings.pop("roles", {})
        privacy = settings.pop("privacy", {})
        exports = self._exports(settings.pop("exports", {}))
        definitions = self._definitions(settings.pop("definitions", {}))
        files = self._files(settings.pop("files", {}))
        known: dict[str, type] = {"timezone": str, "currency": str, "default_role": str}
        plain = self._checked("", settings, {**known, "stale_after_days": int, "build_memory": str})
        k = self._checked("privacy.", privacy, {"k": int}).get("k", Role("").k)
        is_alone = not roles and "default_role" not in settings
        shipped = {name: replace(role, k=k) for name, role in _shipped(is_alone).items()}
        own = {name: self._role(name, shipped.get(name, Role(name, k=k)), given)
               for name, given in self._table("roles", roles).items()}  # fmt: skip
        config = Config(roles={**shipped, **own}, exports=exports, definitions=definitions,
                        files=files, **plain)  # fmt: skip
        self._timezone(config.timezone)
        if not MEMORY.fullmatch(config.build_memory):
            self._refuse("build_memory", config.build_memory, "a size such as 8GB or 60%")
        config.role(None)
        return config

    def _exports(self, given: object) -> Exports:
        stated = self._checked("exports.", given, {"folder": str, "mapping": str})
        for key, value in stated.items():
            if not value or "\0" in value:
                self._refuse(f"exports.{key}", value, "a path")
        return Exports(**{key: str(self.path.parent / value) for key, value in stated.items()})

    def _files(self, given: object) -> Files:
        known: dict[str, type] = {"level": int, "label_en": str, "label_zh": str, "template": str}
        stated = self._checked("files.", given, known)
        if not 1 <= stated.get("level", Files.level) <= HIGHEST_LEVEL:
            self._refuse("files.level", stated["level"], f"1 to {HIGHEST_LEVEL}")
        if template := stated.get("template"):
            stated["template"] = str(self.path.parent / template)
        return Files(**stated)

    def _definitions(self, given: object) -> Definitions:
        stated = self._checked("definitions.", given, {"tiers": list, **dict.fromkeys(MOST, int)})
        for key, most in MOST.items():
            if not 1 <= stated.get(key, 1) <= most:
                self._refuse(f"definitions.{key}", stated[key], f"1 to {most}")
        if "tiers" in stated:
            stated["tiers"] = self._bounds(stated["tiers"])
        return Definitions(**stated)

    def _bounds(self, given: list[object]) -> tuple[int, ...]:
        bounds = [value for value in given if type(value) is int and value > 0]
        if not bounds or bounds != given or bounds != sorted(set(bounds)):
            self._refuse("definitions.tiers", given, "whole yuan above 0, each more than the last")
        return tuple(bounds)

    def _role(self, name: str, base: Role, given: object) -> Role:
        prefix = f"roles.{name}."
        settings = dict(self._table(f"roles.{name}", given))
        rows = self._rows(prefix, settings.pop("rows", {}))
        switches = dict.fromkeys(("upload", "export", "export_ids", "edit", "check"), bool)
        known: dict[str, type] = {"k": int, "round_to": int, **switches}
        role = replace(base, rows=rows, **self._checked(prefix, settings, known))
        for key in ("k", "round_to"):
            if getattr(role, key) < 1:
                self._refuse(prefix + key, getattr(role, key), "1 or more")
        return role

    def _rows(self, prefix: str, rows: object) -> Chosen:
        chosen = self._table(prefix + "rows", rows)
        for attribute, values in chosen.items():
            if not (
                isinstance(values, list) and values and all(isinstance(v, str) for v in values)
            ):
                self._refuse(f"{prefix}rows.{attribute}", values, "a list of texts, not empty")
        return Filters.of(chosen).who

    def _checked(self, prefix: str, given: object, known: Mapping[str, type]) -> dict[str, Any]:
        settings = self._table(prefix.rstrip("."), given)
        for key, value in settings.items():
            if key not in known:
                raise Problem("config_unknown_key", file=self.path, key=prefix + key,
                              known=", ".join(known))  # fmt: skip
            if type(value) is not known[key]:  # a bool is an int in Python, but not in a setting
                self._refuse(prefix + key, value, known[key].__name__)
            if key in ("k", "stale_after_days") and value < 1:
                self._refuse(prefix + key, value, "1 or more")
        return settings

    def _table(self, key: str, given: object) -> dict[str, Any]:
        if not isinstance(given, dict):
            self._refuse(key, given, "a table")
        return dict(given)  # type: ignore[call-overload,no-any-return]

    def _timezone(self, name: str) -> None:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            self._refuse("timezone", name, "a zone such as Asia/Shanghai")

    def _refuse(self, key: str, value: object, expected: str) -> None:
        raise Problem("config_value", file=self.path, key=key, value=value, expected=expected)
