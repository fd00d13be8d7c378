"""Columns that hold personal data which no export should carry."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from ecosphere.contract.files import Delivery
from ecosphere.contract.quote import identifier, parquet
from ecosphere.contract.report import Finding
from ecosphere.contract.shape import family
from ecosphere.contract.suggest import table, toml
from ecosphere.model import Engine

SAMPLED_FILES = 8
SAMPLED_ROWS = 2_000  # of each sampled file
SHARE = 0.01

E_MAIL = r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"
MOBILE = r"(\+?86[- ]?)?1[3-9][0-9]{9}"  # mainland China
NATIONAL_ID = r"[1-9][0-9]{16}[0-9Xx]"
KINDS = {"e-mail": E_MAIL, "mobile": MOBILE, "national id": NATIONAL_ID}

WORDS = {"phone", "mobile", "cellphone", "tel", "telephone", "email", "mail", "fullname", "idcard",
         "realname", "surname", "idno", "passport", "address", "addr", "wechat"}  # fmt: skip
PAIRS = {"id card", "id no", "id number", "e mail", "national id"}
NAMED = {"customer", "cust", "client", "user", "full", "real", "first", "last", "family", "given",
         "nick", "holder", "contact", "person", "member"}  # fmt: skip
CHINESE = ("手机", "电话", "姓名", "邮箱", "身份证", "证件号", "住址", "地址", "护照", "微信号")
# "mobile_banking", "app_mobile_login": about the channel, not the number.
CHANNEL = {"app", "bank", "banking", "channel", "login", "active", "device", "os", "model", "type"}

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_SHOWN = re.compile("|".join((E_MAIL, MOBILE, r"[0-9]{15,}[Xx]?")))


def personal(engine: Engine, delivery: Delivery) -> list[Finding]:
    """A finding for each column that looks personal, unless the mapping allows it."""
    if not delivery.contract.person_level:
        return []
    asked = {name: kind for name, kind in delivery.columns.items()
             if name not in delivery.mapping.allow}  # fmt: skip
    texts = [name for name, kind in asked.items() if family(kind) == "text"]
    named = [name for name, kind in asked.items() if family(kind) in ("text", "integer")
             and looks_personal(name)]  # fmt: skip
    by_name = [_finding(delivery, "personal_name", name, delivery.rows, name) for name in named]
    return [*by_name, *_by_value(engine, delivery, [t for t in texts if t not in named])]


def looks_personal(name: str) -> bool:
    """Whether a column's name says that it holds a person's name, number or address."""
    words = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().replace("-", "_").split("_")
    if any(part in name for part in CHINESE):
        return True
    if set(words) & WORDS:
        return not set(words) & CHANNEL
    pairs = {" ".join(pair) for pair in pairwise(words)}
    return (
        bool(pairs & PAIRS) or words == ["name"] or ("name" in words and bool(set(words) & NAMED))
    )


def masked(text: str) -> str:
    """A text without anything that looks like a person's own number or address."""
    return _SHOWN.sub("***", text)


def valid_national_id(text: str) -> bool:
    """Whether 18 characters have a date of birth and the right check digit (GB 11643-1999)."""
    try:
        datetime.strptime(text[6:14], "%Y%m%d")
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[-1].upper()


def _by_value(engine: Engine, delivery: Delivery, texts: list[str]) -> Iterator[Finding]:
    if not texts:
        return
    columns = ", ".join(map(identifier, texts))
    scans = (f"(select {columns} from {parquet([file], bool(delivery.hive))} limit {SAMPLED_ROWS})"
             for file in _sampled(delivery))  # fmt: skip
    sample = engine.run(" union all by name ".join(scans))
    for name in texts:
        filled = sample[name].drop_nulls()
        for kind, pattern in KINDS.items():
            like = filled.filter(filled.str.contains(f"^\\s*(?:{pattern})\\s*$"))
            count = sum(map(valid_national_id, map(str.strip, like))) if kind == "national id" \
                else len(like)  # fmt: skip
            if count and count >= SHARE * len(filled):
                yield _finding(delivery, "personal_value", name, count, kind, sampled=len(filled))


def _sampled(delivery: Delivery) -> list[Path]:
    step = max(len(delivery.files) // SAMPLED_FILES, 1)
    return list(delivery.files[::step][:SAMPLED_FILES])


def _finding(
    delivery: Delivery, code: str, column: str, count: int, rule: str, **values: object
) -> Finding:
    return delivery.finding(
        code, delivery.shown(delivery.files[0]), column, count, rule=rule,
        table=table(delivery.contract.name, columns=False),
        line=f"allow = {toml([*delivery.mapping.allow, column])}", **values,
    )  # fmt: skip
