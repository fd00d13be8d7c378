"""Read a cohort from its text; whatever cannot be read is a Problem with an example."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn

from ecosphere.cohorts.terms import (
    BARE,
    EXAMPLE,
    EXAMPLES,
    FORMS,
    PLAIN,
    Cohort,
    Condition,
    Key,
    Term,
    joined,
    negated,
)
from ecosphere.model import Month, Problem

MOST_LETTERS = 2_000  # what a link can carry
DEEPEST = 20  # brackets in brackets: nobody reads more, and each is a step of our own stack
RELATIVE = re.compile(r"0|-[1-9][0-9]{0,2}")
MONTH = re.compile(r"[12][0-9]{3}-(0?[1-9]|1[0-2])")
COUNT = re.compile(r"[1-9][0-9]{0,3}")
SIGNS = str.maketrans("\uff08\uff09\uff0c\uff1d", "(),=")  # as a Chinese keyboard writes them
TOKEN = re.compile(
    r"\s*(?:(?P<sign>[(),=\uff08\uff09\uff0c\uff1d])"
    r'|"(?P<quoted>(?:[^"]|"")*)"'
    rf"|(?P<word>{PLAIN.pattern})|(?P<rest>.+))",
    re.DOTALL,
)

END = ""


@dataclass(frozen=True)
class _Token:
    """A sign or word, or a quoted value, which is neither."""

    text: str
    is_quoted: bool
    place: int  # the letter it begins with, from 1


def parse(text: str) -> Cohort:
    """The cohort that a text describes. A Problem tells what was found and what is known."""
    if len(text) > MOST_LETTERS:
        raise Problem("cohort_too_long", count=len(text), most=MOST_LETTERS)
    reader = _Reader(list(_tokens(text)))
    term = reader.any_of(0)
    reader.expect(END, "and", "or")
    return Cohort(term)


def _tokens(text: str) -> Iterator[_Token]:
    for found in TOKEN.finditer(text.rstrip()):
        place = found.start(found.lastgroup or 0) + 1
        match found.lastgroup:
            case "sign":
                yield _Token(found["sign"].translate(SIGNS), False, place)
            case "quoted":
                yield _Token(found["quoted"].replace('""', '"'), True, place)
            case _:
                yield _Token(found[found.lastgroup or 0], False, place)


class _Reader:
    """Goes through the tokens once."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def any_of(self, depth: int) -> Term:
        return self._joined("or", depth)

    def expect(self, *known: str) -> None:
        """Step over the first of these, which must be here; the others might have been."""
        if not self._step(known[0]):
            self._refuse(*known)

    def _joined(self, word: Literal["and", "or"], depth: int) -> Term:
        parts = [self._part(word, depth)]
        while self._step(word):
            parts.append(self._part(word, depth))
        return joined(word, parts)

    def _part(self, word: str, depth: int) -> Term:
        return self._joined("and", depth) if word == "or" else self._single(depth)

    def _single(self, depth: int) -> Term:
        if depth > DEEPEST:
            raise Problem("cohort_too_deep", most=DEEPEST)
        if self._step("not"):
            return negated(self._single(depth + 1))
        if self._step("("):
            term = self.any_of(depth + 1)
            self.expect(")", "and", "or")
            return term
        name = self._next()
        if name is None or name.is_quoted or name.text not in FORMS:
            self._refuse(*FORMS, "not", "(")
        self._at += 1
        self.expect("(")
        return self._condition(name.text)

    def _condition(self, name: str) -> Condition:
        pairs: list[tuple[str, str]] = []
        while not self._step(")"):
            if pairs:
                self.expect(",", ")")
            pairs.append(self._pair(name))
        return _checked(name, pairs)

    def _pair(self, name: str) -> tuple[str, str]:
        first = self._value()
        if self._step("="):
            return first, self._value()
        if name not in BARE:
            self._refuse("=")
        return BARE[name], first

    def _value(self) -> str:
        token = self._next()
        if token is None or (not token.is_quoted and not PLAIN.fullmatch(token.text)):
            self._refuse("a", "1", '"…"')
        self._at += 1
        return token.text

    def _step(self, text: str) -> bool:
        """Whether this stands here; then it is passed."""
        token = self._next()
        if token is None:
            return text == END
        is_here = not token.is_quoted and token.text == text
        self._at += is_here
        return is_here

    def _next(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _refuse(self, *known: str) -> NoReturn:
        token = self._next()
        expected = "  ".join(text for text in known if text != END)
        if token is None:
            raise Problem("cohort_unfinished", expected=expected, example=EXAMPLE)
        raise Problem("cohort_syntax", found=token.text, place=token.place, expected=expected,
                      example=EXAMPLE)  # fmt: skip


def _checked(name: str, pairs: Iterable[tuple[str, str]]) -> Condition:
    """A condition whose keys and values are those of its form."""
    form, told = FORMS[name], dict[str, set[str]]()
    for key, value in pairs:
        if key not in form:
            raise Problem("cohort_unknown_key", name=name, value=key, known=", ".join(form),
                          example=EXAMPLES[name])  # fmt: skip
        if key in told and not form[key].several:
            raise Problem("cohort_repeated", name=name, value=key, example=EXAMPLES[name])
        told.setdefault(key, set()).add(_canonical(name, key, value))
    for key, told_by in form.items():
        if told_by.required and key not in told:
            raise Problem("cohort_incomplete", name=name, value=key, example=EXAMPLES[name])
    return Condition(
        name, tuple((key, tuple(sorted(told[key]))) for key in form
                    if key in told and told[key] != {form[key].default})
    )  # fmt: skip


def _canonical(name: str, key: str, value: str) -> str:
    """A value as it is always written."""
    form = FORMS[name][key]
    expected = _expected(form)
    is_known = {
        "code": lambda: bool(value),
        "choice": lambda: value in form.values,
        "count": lambda: bool(COUNT.fullmatch(value)),
        "month": lambda: bool(RELATIVE.fullmatch(value) or MONTH.fullmatch(value)),
    }[form.kind]()
    if not is_known:
        raise Problem("cohort_value", name=name, key=key, value=value, known=expected,
                      example=EXAMPLES[name])  # fmt: skip
    return str(Month.parse(value)) if form.kind == "month" and MONTH.fullmatch(value) else value


def _expected(form: Key) -> str:
    kinds = {"month": "YYYY-MM, 0, -1, -2, …", "count": "1, 2, 3, …", "code": '"…"'}
    return kinds.get(form.kind) or ", ".join(form.values)
