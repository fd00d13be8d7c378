"""The documentation says what is so: commands, keys, links, numbers and files."""

import dataclasses
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer.main

from ecosphere import config, model, reference
from ecosphere.cli import app
from ecosphere.cohorts import parse
from ecosphere.cohorts.terms import BARE, DEFINITIONS, FORMS
from ecosphere.library import Query, Question

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "queries" / "README.md"]
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
GIVEN_BY_PLACE = {"name", "description", "sql", "schema"}  # no keys of a header: the file has them
DECIDED_BELOW = {"roles.<name>.k": "privacy.k"}  # a default that is another key


def _read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _rows(path: str, heading: str) -> list[list[str]]:
    """The cells of every table under a heading, without its head."""
    section = re.split(r"^#+ ", _read(path).split(heading, 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in cells] for cells in lines if cells[0] and "---" not in cells]


def _code(path: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", _read(path), re.MULTILINE | re.DOTALL)


def test_the_readme_lists_every_command_with_all_its_options() -> None:
    rows = {row[0].strip("`").split()[0]: row for row in _rows("README.md", "## Command line")}
    assert set(COMMANDS) <= set(rows)
    for name, command in COMMANDS.items():
        options = {option for p in command.params for option in p.opts if option.startswith("--")}
        places = [p.name for p in command.params if p.param_type_name == "argument"]
        assert set(re.findall(r"--[\w-]+", rows[name][2])) == options, name
        assert len(rows[name][0].strip("`").split()) == 1 + len(places), name


def test_the_readme_tells_the_defaults_of_numbers() -> None:
    told = dict(re.findall(r"`(--\w+) (\d+)`", _read("README.md")))
    assert told == {
        p.opts[0]: str(p.default)
        for command in COMMANDS.values()
        for p in command.params
        if isinstance(p.default, int) and not isinstance(p.default, bool)
    }


def test_the_readme_lists_every_exit_code() -> None:
    told = {int(row[0]) for row in _rows("README.md", "## Command line") if row[0].isdigit()}
    assert told == {0, model.Problem.exit_code} | {
        problem.exit_code for problem in model.Problem.__subclasses__()
    }


def test_commands_in_the_documentation_exist() -> None:
    blocks = (_code(_shown(page), language) for page in PAGES for language in ("sh", "ini"))
    text = "\n".join(block for found in blocks for block in found)
    for name, rest in re.findall(r"bin/ecosphere (\w+)(.*)", text):
        known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
        assert set(re.findall(r"--[\w-]+", rest)) <= known
    targets = set(re.findall(r"^(\w+):", _read("Makefile"), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"`make (\w+)`", _read(_shown(page)))}
    assert named | set(re.findall(r"^make (\w+)", text, re.MULTILINE)) <= targets


def test_the_worked_example_of_the_readme_works(tmp_path: Path) -> None:
    """Written, checked and built as a reader would, in an empty folder."""
    (script,) = re.findall(r"<<'PYTHON'\n(.*?)^PYTHON$", _read("README.md"), re.M | re.S)
    (mapping,) = _code("README.md", "toml")
    (tmp_path / "flights.toml").write_text(mapping, encoding="utf-8")
    (commands,) = (block for block in _code("README.md", "sh") if " check flights" in block)
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
    said = ""
    for line in commands.splitlines():
        if line.startswith(".venv/bin/ecosphere"):
            command = [sys.executable, "-c", "from ecosphere.cli import main; main()"]
            ran = subprocess.run([*command, *line.split()[1:]], cwd=tmp_path, check=True,
                                 capture_output=True, text=True)  # fmt: skip
            said += ran.stdout
    (promised,) = re.findall(r"`(Generation 1 is served: .*?)`", _read("README.md"))
    assert promised in said
    assert (tmp_path / "growth.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: _shown(page))
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []
    paths = re.findall(
        r"`((?:docs|ecosphere|queries|tests|data|assets|\.streamlit)/[\w./-]+)`", text
    )
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_page_of_the_documentation_is_linked_from_the_readme() -> None:
    unlinked = [page.name for page in ROOT.glob("docs/*.md") if page.name not in _read("README.md")]
    assert unlinked == []


def test_the_configuration_page_lists_every_key_with_its_default() -> None:
    told = {
        row[0].strip("`"): row[1].strip("`") for row in _rows("docs/configuration.md", "# Conf")
    }
    settings, role = config.Config(), model.Role("")
    keys = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
    keys["privacy.k"] = role.k
    for table in ("exports", "definitions", "files"):
        of_table = keys.pop(table)
        for field in dataclasses.fields(of_table):
            keys[f"{table}.{field.name}"] = getattr(of_table, field.name)
    for field in dataclasses.fields(role):
        keys[f"roles.<name>.{field.name}"] = getattr(role, field.name)
    for part in ("roles", "roles.<name>.name"):  # tables, not keys
        del keys[part]
    assert set(told) - {"key"} == set(keys)
    for key, default in keys.items():
        if key in DECIDED_BELOW:
            assert told[key] == DECIDED_BELOW[key]
        else:
            value = tomllib.loads(f"value = {told[key]}")["value"]
            assert value == (type(value)(default) if isinstance(default, tuple) else default), key


def test_the_page_of_cohorts_lists_every_condition_and_what_it_can_be_told() -> None:
    rows = _rows("docs/cohorts.md", "# Cohorts")[1:]
    told = {str(parse(row[0].strip("`")))[: row[0].index("(") - 1]: row[2] for row in rows}
    assert list(told) == list(FORMS)
    for name, form in FORMS.items():
        named = set(re.findall(r"`(\w+)`", told[name]))
        assert named == {key for key in form if key not in BARE.values()} | (
            set(DEFINITIONS) if name == "active" else set()
        )
    (example,) = _code("docs/cohorts.md", "text")
    assert str(parse(example)) == example.strip()


def test_the_example_of_the_configuration_page_is_accepted(tmp_path: Path) -> None:
    (example,) = _code("docs/configuration.md", "toml")
    (tmp_path / config.FILE_NAME).write_text(example, encoding="utf-8")
    loaded = config.load(tmp_path)
    assert loaded.role(None).round_to == 10
    assert loaded.role("analyst").k == 20
    assert [name for name in config.SHIPPED_ROLES if f"`{name}`" not in
            _read("docs/configuration.md")] == []  # fmt: skip


def test_the_metric_reference_is_what_the_headers_say() -> None:
    written = _read("docs/metrics.md")
    assert written == reference.render(), "run: .venv/bin/python -m ecosphere.reference"


@pytest.mark.parametrize(
    ("heading", "kind"), [("## Header of a question", Question), ("## Header of the other", Query)]
)
def test_the_keys_of_headers_are_listed(heading: str, kind: type) -> None:
    first = _read("queries/README.md").split(heading, 1)[1].split("\n\n")[0]
    told = re.findall(r"^\| `(\w+)` \|.*\| ([^|]+) \|$", first, re.MULTILINE)
    fields = [field for field in dataclasses.fields(kind) if field.name not in GIVEN_BY_PLACE]
    assert {name for name, _ in told} == {field.name for field in fields}
    refused = {name for name, without in told if without == "refused"}
    has_default = (field.default_factory is not dataclasses.MISSING for field in fields)
    assert refused == {
        field.name
        for field, made in zip(fields, has_default, strict=True)
        if field.default is dataclasses.MISSING and not made
    }


def test_the_file_shown_in_the_queries_page_is_that_file() -> None:
    (shown,) = _code("queries/README.md", "sql")
    assert _read("queries/metrics/active_users/mau.sql").startswith(shown.rstrip())


def test_every_dependency_has_its_licence_and_reason() -> None:
    told = {row[0]: row[1:] for row in _rows("docs/decisions.md", "## Dependencies")}
    pinned = re.findall(
        r"^([\w-]+)==", _read("requirements.txt") + _read("requirements-dev.txt"), re.M
    )
    assert set(told) - {"package"} == set(pinned)
    assert all(len(cells) == 3 and all(cells) for cells in told.values())


def test_decisions_are_numbered_in_order_and_say_what_was_refused() -> None:
    parts = re.split(r"^## ", _read("docs/decisions.md"), flags=re.MULTILINE)[1:-1]
    assert [int(part.split(".")[0]) for part in parts] == list(range(1, len(parts) + 1))
    quiet = [part.splitlines()[0] for part in parts if "Refused: " not in part]
    assert quiet == []


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
