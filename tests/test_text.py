"""The words of ecosphere/text: complete in both languages, used, and those of docs/glossary.md."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from ecosphere.contract import contracts
from ecosphere.exhibit import WORDS
from ecosphere.export.rows import MARK
from ecosphere.library import KINDS, Question, exports_behind, questions
from ecosphere.model import PLACES
from ecosphere.ui.navigation import MENU
from ecosphere.ui.page import BEHIND

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
PROBLEMS = {
    "Problem",
    "ExportRefused",
    "BuildRunning",
    "StorageFailed",
    "GenerationFailed",
    "Unhealthy",
}
ASKED = list(questions().values())
# Keys that begin so are all used.
BEGINNINGS = ("doctor.state", "doctor.check", "check.severity",
              "bench.subject", "bench.name", "bench.unit",
              "retention.triangle.finding", "retention.triangle.finding_one",
              "retention.triangle.subtitle", "retention.curve.subtitle")  # fmt: skip
FRAMED = "active_users|data_health|summary|channels"  # whose exhibits have subtitles of one form
WHOLE = ("bars", "cards", "methods", "refusals", "summary.help", "windows")


def _flat(table: dict[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, str(value)


def _words(language: str) -> dict[str, str]:
    path = ROOT / "ecosphere" / "text" / f"{language}.toml"
    return dict(_flat(tomllib.loads(path.read_text(encoding="utf-8"))))


EN, ZH = _words("en"), _words("zh")


def test_both_languages_have_the_same_keys_with_the_same_placeholders() -> None:
    assert list(EN) == list(ZH)
    assert [key for key in EN if _placeholders(EN[key]) != _placeholders(ZH[key])] == []


def test_every_key_that_code_names_exists_and_gets_what_its_words_need() -> None:
    wrong = []
    for call in _calls():
        name = _name(call.func)
        if not (call.args and isinstance(call.args[0], ast.Constant)):
            continue
        key = f"errors.{call.args[0].value}" if name in PROBLEMS else str(call.args[0].value)
        if name != "text" and name not in PROBLEMS:
            continue
        given = {keyword.arg for keyword in call.keywords}
        missing = _placeholders(EN.get(key, "{no such key}")) - given
        if missing and None not in given:  # None stands for **values
            wrong.append(f"{key}: {missing}")
    assert wrong == []


def test_every_key_that_code_puts_together_exists() -> None:
    assert _patterns() - set(_made()) == set(), "say in _made() what such a key may become"
    assert {key for keys in _made().values() for key in keys} - set(EN) == set()


def test_every_key_is_used() -> None:
    used = _literals().union(*_made().values())
    assert [key for key in EN if key not in used] == []


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_a_question_has_all_its_words(asked: Question) -> None:
    key = asked.name.replace("/", ".")
    wanted = [f"{key}.title", f"{key}.definition", f"units.{asked.unit}", f"kinds.{asked.kind}"]
    wanted += [f"owners.{asked.owner}"]
    wanted += [f"columns.{column}" for column in (*asked.columns, *asked.derived)]
    wanted += [f"options.{name}.{v}" for name, vs in asked.options.items() for v in ("label", *vs)]
    assert [key for key in wanted if not EN.get(key) or not ZH.get(key)] == []


def test_no_word_that_is_never_on_a_chinese_screen_is_there() -> None:
    never = re.findall(r"^\| (\S+) \|", GLOSSARY.split("## Never on")[1], re.MULTILINE)[2:]
    assert len(never) == 18
    shown = {**ZH, **{key: zh for key, (_, zh) in _labels().items()}}
    assert [(key, word) for key in shown for word in never if word in shown[key]] == []


def test_a_term_of_the_glossary_has_its_chinese_word_wherever_it_stands() -> None:
    shown = {**{key: (EN[key], ZH[key]) for key in EN}, **_labels()}
    wrong, held = [], set()
    for key, (en, zh) in shown.items():
        for term in _terms_in(en):
            held.add(term)
            if not any(word in zh for word in TERMS[term]):
                wrong.append(f"{key}: {term!r} is not {' or '.join(TERMS[term])} in {zh!r}")
    assert wrong == []
    assert len(held) > 20


def test_every_row_of_the_glossary_pairs_its_forms() -> None:
    for en, zh, meaning in _rows():
        assert len(en.split(" / ")) == len(zh.split(" / ")), en
        assert meaning, en


def _rows() -> Iterator[list[str]]:
    for line in GLOSSARY.split("## Never on")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) == 3 and cells[0] not in ("en", "---"):
            yield cells


def _forms(cell: str) -> list[str]:
    """A form, and those in brackets behind it that mean the same."""
    return [re.sub(r"\(.*?\)", "", cell).strip(), *re.findall(r"\((.*?)\)", cell)]


TERMS = {
    form: _forms(chinese)
    for en, zh, _ in _rows()
    for english, chinese in zip(en.split(" / "), zh.split(" / "), strict=True)
    for form in _forms(english)
}


def _terms_in(words: str) -> Iterator[str]:
    """Terms of the glossary in a sentence, the longest first: a scene user is no scene."""
    left = re.sub(r"\{\w+\}", "", words)
    for term in sorted(TERMS, key=len, reverse=True):
        found = re.compile(rf"(?<![\w-]){re.escape(term)}(?:e?s)?(?![\w-])", re.IGNORECASE)
        if found.search(left):
            left = found.sub(" ", left)
            yield term


def _labels() -> dict[str, tuple[str, str]]:
    """Words of the contracts: names of columns, labels of their values, what an export is for."""
    labels = {}
    for contract in contracts().values():
        labels[f"{contract.name}"] = (contract.en, contract.zh)
        labels[f"{contract.name}.lights_up"] = (contract.lights_up["en"], contract.lights_up["zh"])
        for column in contract.columns:
            labels[f"{contract.name}.{column.name}"] = (column.en, column.zh)
            for value in column.values:
                labels[f"{contract.name}.{column.name}.{value.code}"] = (value.en, value.zh)
    return labels


@cache
def _made() -> dict[str, set[str]]:
    """What a key that is put together may become, by the f-string that makes it."""
    names = {question.name.replace("/", ".") for question in ASKED}
    choices = {(name, v) for q in ASKED for name, values in q.options.items() for v in values}
    findings = {word for word in _literals() if word.startswith("finding_")}
    behind = {name for asked in ASKED for name in exports_behind(asked.name)}
    behind |= {_last(key) for key in EN if key.startswith("exports.")}
    stems = {stem for stems in MENU.values() for stem in stems}
    return {
        "{}.title": {f"{name}.title" for name in names},
        "{}.definition": {f"{name}.definition" for name in names},
        "columns.{}": _all("columns", {c for q in ASKED for c in (*q.columns, *q.derived)})
        | _all("columns", {c for q in ASKED if q.split for c in q.by_group().columns})
        | _all("columns", ("hidden", MARK)),  # which files have
        "units.{}": _all("units", (question.unit for question in ASKED)),
        "kinds.{}": _all("kinds", KINDS),
        "owners.{}": _all("owners", (question.owner for question in ASKED)),
        "exports.{}": _all("exports", behind & set(contracts())),
        "sections.{}": _all("sections", MENU),
        "pages.{}": _all("pages", stems),
        "cohort_form.{}": {key for key in EN if key.startswith("cohort_form.")},
        "places.{}": _all("places", (*PLACES, "category")),
        "app.{}": _all("app", ("from", "to", "unit", "kind", "grain", "owner", "page", *BEHIND)),
        "options.{}.label": {f"options.{name}.label" for name, _ in choices},
        "options.{}.{}": {f"options.{name}.{value}" for name, value in choices},
        "options.definition.{}": {f"options.{n}.{v}" for n, v in choices if n == "definition"},
        **_made_of_health(),
        # A literal of the code that is the last part of a key: faults and steps are named there.
        "errors.{}": {key for key in EN if key.startswith("errors.") and _last(key) in _literals()},
        "check.{}": {key for key in EN if key.startswith("check.") and _last(key) in _literals()},
        "delivery.{}": {k for k in EN if k.startswith("delivery.") and _last(k) in _literals()},
        "doctor.{}": {key for key in EN if key.startswith("doctor.") and _last(key) in _literals()},
        "cli.redone.{}": {k for k in EN if k.startswith("cli.redone.") and _last(k) in _literals()},
        **{
            f"{part}_{{}}": {key for key in EN if key.startswith(f"{part}_")} for part in BEGINNINGS
        },
        "progress.{}": {k for k in EN if k.startswith("progress.") and _last(k) in _literals()},
        **_made_of_files(),
        **_made_of_activity(choices, findings),
    }


def _made_of_files() -> dict[str, set[str]]:
    return {
        "files.caveats.{}": _all("files.caveats", KINDS),
        "files.sheet_{}": _all("files", ("sheet_chart", "sheet_table", "sheet_definition")),
    }


def _made_of_activity(choices: set[tuple[str, str]], findings: set[str]) -> dict[str, set[str]]:
    compared = {value for name, value in choices if name == "compare"}
    return {
        **{f"{part}.{{}}": {k for k in EN if _before(k) == part} for part in WHOLE},
        "groups.{}": _all("groups", ("more", "fewer", "as_many")),
        "options.compare.{}": _all("options.compare", compared),
        "active_users.against.{}": _all("active_users.against", compared),
        "active_users.{}": _all("active_users", ("more", "fewer", "same")),
        "active_users.mau.{}": _named("active_users.mau") & _all("active_users.mau", findings),
        "active_users.mau.line_{}": {key for key in EN if key.startswith("active_users.mau.line_")},
    }


def _made_of_health() -> dict[str, set[str]]:
    """The same of a page whose exhibits are put together in one way."""
    exhibits = ("exports", "days", "redone", "attributes", "identities", "refusals", "restated",
                "reconciliation", "quarantine")  # fmt: skip
    return {
        **{f"{{}}.{part}": {k for k in EN if re.fullmatch(rf"({FRAMED})\.\w+\.{part}", k)}
           for part in ("subtitle", "empty_title", "empty_fix")},
        "{}.{}": {key for key in EN if key.partition(".")[0] in WORDS.values()},
        "data_health.{}": _named("data_health"),
        **{f"data_health.{part}.{{}}": _named(f"data_health.{part}") for part in exhibits},
        "data_health.days.state_{}": _states("days"),
        "data_health.identities.state_{}": _states("identities"),
    }  # fmt: skip


def _named(part: str) -> set[str]:
    """Keys of a part whose last word is a literal of the code."""
    return {key for key in EN if _before(key) == part and _last(key) in _literals()}


def _states(exhibit: str) -> set[str]:
    return {key for key in EN if key.startswith(f"data_health.{exhibit}.state_")}


def _before(key: str) -> str:
    return key.rpartition(".")[0]


def _all(prefix: str, names: object) -> set[str]:
    return {f"{prefix}.{name}" for name in names}  # type: ignore[attr-defined]


def _last(key: str) -> str:
    return key.rpartition(".")[2]


@cache
def _nodes() -> tuple[ast.AST, ...]:
    files = [ROOT / "app.py", *(ROOT / "ecosphere").rglob("*.py"), *ROOT.glob("pages/*/*.py")]
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in files)
    return tuple(node for tree in trees for node in ast.walk(tree))


def _calls() -> Iterator[ast.Call]:
    yield from (node for node in _nodes() if isinstance(node, ast.Call))


@cache
def _literals() -> frozenset[str]:
    constants = (node.value for node in _nodes() if isinstance(node, ast.Constant))
    return frozenset(value for value in constants if isinstance(value, str))


def _name(func: ast.expr) -> str:
    """`text` also of `self.text(...)`, `text()(...)` and `Text(language)(...)`."""
    if isinstance(func, ast.Call):
        return _name(func.func).lower()
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _patterns() -> set[str]:
    """Keys that code puts together, with {} for what is not written there."""
    first = (call.args[0] for call in _calls() if call.args and _name(call.func) == "text")
    return {
        "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in key.values)
        for key in first
        if isinstance(key, ast.JoinedStr)
    }


def _placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}
