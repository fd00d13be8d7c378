"""A cohort in the words of a reader: for chips, and for those who listen to the screen."""

from collections.abc import Callable, Mapping
from datetime import date

from ecosphere.cohorts.members import resolved
from ecosphere.cohorts.terms import FORMS, PLACES, Cohort, Condition, Joined, Not, Term
from ecosphere.model import NOT_STATED
from ecosphere.text import Text, numbers

Name = Callable[[str, str], str]  # (partner, scene, channel or category; code) -> its words

# What is said of people, and of everybody else.
SAID = {
    "active": ("cohort.active", "cohort.not_active"),
    "silent": ("cohort.silent", "cohort.not_silent"),
    "sourced": ("cohort.sourced", "cohort.not_sourced"),
    "holds": ("cohort.holds", "cohort.not_holds"),
    "up": ("cohort.up", "cohort.not_up"),
    "down": ("cohort.down", "cohort.not_down"),
}
JOINED = {"and": "cohort.and", "or": "cohort.or"}
DEFINITION = {
    "opened": "options.definition.opened",
    "logged_in": "options.definition.logged_in",
    "transacted": "options.definition.transacted",
}


def _code(_: str, code: str) -> str:
    return code


def sentence(cohort: Cohort, text: Text, as_of: date, name: Name = _code) -> str:
    """Who is in a cohort, in one sentence. Months told by their distance are named."""
    return text("cohort.people", part=_said(cohort.term, text, as_of, name))


def _said(term: Term, text: Text, as_of: date, name: Name) -> str:
    match term:
        case Condition():
            return text(SAID[_key(term)][0], **_parts(term, text, as_of, name))
        case Not(part=Condition() as part):
            return text(SAID[_key(part)][1], **_parts(part, text, as_of, name))
        case Not():
            return text("cohort.not", part=_said(term.part, text, as_of, name))
        case Joined():
            parts = [_said(part, text, as_of, name) for part in term.parts]
            grouped = [
                text("cohort.group", part=said) if isinstance(part, Joined) else said
                for part, said in zip(term.parts, parts, strict=True)
            ]
            return text(JOINED[term.word]).join(grouped)


def _key(condition: Condition) -> str:
    return condition.one("moved") if condition.name == "tier" else condition.name


def _parts(condition: Condition, text: Text, as_of: date, name: Name) -> dict[str, str]:
    """Every part that the words of a condition may hold; empty where it says nothing."""
    places = [key for key in PLACES if condition.all(key)]
    names = text("cohort.at_once").join(_names(condition, key, text, name) for key in places)
    definition = next(iter(condition.all("definition")), "")
    days = next(iter(condition.all("days")), "")
    months = {
        key: numbers.month(resolved(values[0], as_of).first_day, text.language)
        for key, values in condition.told
        if FORMS[condition.name][key].kind == "month"
    }
    return {
        "names": names,
        "places": text("cohort.places", names=names) if names else "",
        "category": _names(condition, "category", text, name),
        "days": text("cohort.days", count=days) if days else "",
        "definition": text("cohort.definition", words=text(DEFINITION[definition]))
        if definition
        else "",
        "since": months.get("since", ""),
        "period": _period(months, text),
    }


def _names(condition: Condition, key: str, text: Text, name: Name) -> str:
    codes = condition.all(key)
    return text("cohort.any").join(
        text("app.not_stated") if code == NOT_STATED else name(key, code) for code in codes
    )


def _period(months: Mapping[str, str], text: Text) -> str:
    match months:
        case {"from": first, "to": last}:
            return text("cohort.from_to", first=first, last=last)
        case {"from": first}:
            return text("cohort.from", first=first)
        case {"to": last}:
            return text("cohort.to", last=last)
        case {"month": month}:
            return text("cohort.in", month=month)
    return ""
