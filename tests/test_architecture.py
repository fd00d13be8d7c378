"""The house as docs/decisions.md describes it: who imports whom, what stands where, how long."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecosphere.text import LANGUAGES, Text
from ecosphere.ui.navigation import MENU

ROOT = Path(__file__).resolve().parents[1]

# Each may import what stands above it, and nothing of its own line or below.
ORDER = (
    ("model", "native"),
    ("text",),
    ("config", "generations"),
    ("contract", "library", "engines", "statistics", "cohorts"),
    ("privacy", "journal"),
    ("source",),
    ("metrics",),
    ("exhibit",),
    ("charts",),
    ("export",),
    ("delivery",),
    ("ui",),
    ("pages", "app"),
)
BELOW_ENGINES = frozenset(part for line in ORDER[:4] for part in line)
BELOW_UI = frozenset(part for line in ORDER[:10] for part in line)
# Ends of the house, which nobody else imports, and what each may import.
ENDS = {
    "build": BELOW_ENGINES,
    "demo": frozenset({"model", "text", "config"}),
    "reference": BELOW_ENGINES - {"engines"},
    "answers": BELOW_UI,
    "doctor": BELOW_ENGINES | {"journal", "source"},
    "bench": BELOW_UI | {"build", "demo", "answers"},
    "cli": BELOW_UI | {"build", "demo", "reference", "answers", "doctor", "bench"},
}
# A library is known to these parts only; the rest of the house cannot come to depend on it.
KEPT_TO = {
    "streamlit": {"ui", "pages", "app", "bench"},  # bench speaks its protocol
    "altair": {"exhibit", "charts", "export"},
    "duckdb": {"engines"},
    "sqlglot": {"library"},
}
WITHOUT_STEM = {"exports"}  # a page that asks no question
WHOLE_WAY = {"nycflights"}  # specifications that follow public data through the whole house
BELOW_STEMS = ("facts", "holdings", "cohorts")  # specifications of what all stems read
SHARED_CHARTS = {
    "theme",
    "palette",
    "monthly",
    "groups",
    "listing",
    "grid",
    "heat",
    "bars",
    "moved",
    "overlap",
    "shares",
}  # parts that charts of every stem are drawn with
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_PAGE, LONGEST_APP = 300, 40, 25, 40
# Chinese stands in text/zh.toml and in contracts. These read or write it for another reason.
CHINESE = re.compile(r"[\u3001-\u303f\u4e00-\u9fff\uff01-\uffef]")
MAY_HOLD_CHINESE = {
    "charts/health/files.py": "the sign of a month on an axis",
    "text/numbers.py": "万 and 亿 are how a number is written, not words",
    "ui/session.py": "the language switch names each language in that language",
    "export/typeset.py": "where a Chinese line may break",
    "export/rows.py": "full-width signs also start a formula",
    "contract/garbled.py": "what garbled text looks like",
    "contract/personal.py": "column names that banks give to personal data",
    "contract/mapping.py": "units that banks deliver amounts in",
    "contract/suggest.py": "words that banks deliver for yes and no",
}

PRODUCT = sorted(
    [ROOT / "app.py", *(ROOT / "ecosphere").rglob("*.py"), *ROOT.glob("pages/**/*.py")]
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
QUERIES = sorted((ROOT / "queries").rglob("*.sql"))
STEMS = sorted(path.name for path in (ROOT / "queries" / "metrics").iterdir() if path.is_dir())


def test_each_part_imports_only_what_stands_before_it() -> None:
    allowed = {part: frozenset(_before(place)) for place, line in enumerate(ORDER) for part in line}
    allowed |= ENDS
    unknown = {_part(path) for path in PRODUCT} - set(allowed) - {""}
    assert not unknown, f"parts without a place in ORDER or ENDS: {unknown}"
    wrong = [
        f"{_shown(path)}: {_part(path)} imports {other}"
        for path in PRODUCT
        for other in _own_imports(path)
        if other != _part(path) and other not in allowed[_part(path)]
    ]
    assert wrong == []


def test_every_folder_of_tests_is_run_by_one_of_two_commands() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = settings["tool"]["pytest"]["ini_options"]["testpaths"]
    folders = {_shown(path.parent) for path in TESTS if path.name.startswith("test_")}
    assert folders - {*named, "tests/full"} == {"tests"}
    assert "tests/test_*.py" in named


@pytest.mark.parametrize("library", KEPT_TO)
def test_a_library_is_imported_only_where_it_belongs(library: str) -> None:
    users = {
        _part(path) for path in PRODUCT if library in {m.split(".")[0] for m in _imports(path)}
    }
    assert users <= KEPT_TO[library]


@pytest.mark.parametrize("stem", STEMS)
def test_a_stem_has_its_file_on_every_floor(stem: str) -> None:
    pages = list(ROOT.glob(f"pages/*/{stem}.py"))
    floors = [f"ecosphere/metrics/{stem}.py", f"ecosphere/charts/{stem}.py"]
    missing = [floor for floor in floors if not (ROOT / floor).exists()]
    assert missing == []
    assert len(pages) == 1
    assert (ROOT / "tests" / "spec" / f"test_{stem}.py").exists()
    keys = [f"pages.{stem}", *(f"{stem}.{path.stem}.title" for path in QUERIES if _of(path, stem))]
    unnamed = [key for key in keys for lang in LANGUAGES if not Text(lang).has(key)]
    assert unnamed == []


def test_nothing_stands_without_a_stem() -> None:
    assert _stems("pages/*/*.py") == {*STEMS, *WITHOUT_STEM}
    assert _stems("ecosphere/metrics/*.py") == set(STEMS)
    assert _stems("ecosphere/charts/*.py") - SHARED_CHARTS == set(STEMS)
    tested = {path.stem.removeprefix("test_") for path in ROOT.glob("tests/spec/test_*.py")}
    subjects = (*STEMS, *BELOW_STEMS)
    assert [name for name in tested - WHOLE_WAY if not name.startswith(subjects)] == []


def test_the_menu_names_every_page_by_its_folder() -> None:
    menu = {(section, stem) for section, stems in MENU.items() for stem in stems}
    assert menu == {(path.parent.name, path.stem) for path in ROOT.glob("pages/*/*.py")}


def test_no_page_is_flat_in_pages() -> None:
    """Streamlit would run such a page without app.py, past role and filters."""
    assert list(ROOT.glob("pages/*.py")) == []


def test_git_leaves_no_file_of_the_house_out() -> None:
    """A pattern of .gitignore once matched a part of the product by its name."""
    if not (ROOT / ".git").exists():
        pytest.skip("an export of the repository, not a clone")
    files = "\n".join(_shown(path) for path in [*PRODUCT, *TESTS, *QUERIES])
    left_out = subprocess.run(
        ["git", "check-ignore", "--stdin"], cwd=ROOT, input=files, capture_output=True, text=True
    )
    assert left_out.stdout.splitlines() == []


def test_a_page_holds_no_sum_and_no_library_of_tables_or_charts() -> None:
    for path in ROOT.glob("pages/*/*.py"):
        sums = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.BinOp)]
        assert sums == [], path
        assert {m.split(".")[0] for m in _imports(path)} <= {"ecosphere", "streamlit"}, path


@pytest.mark.parametrize("path", [*PRODUCT, *TESTS, *QUERIES], ids=lambda path: _shown(path))
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    limits = {"app.py": LONGEST_APP, "pages": LONGEST_PAGE}
    limit = limits.get(path.relative_to(ROOT).parts[0], LONGEST_FILE)
    assert len(text.splitlines()) <= limit
    if path.suffix == ".py":
        functions = (n for n in ast.walk(_tree(path)) if isinstance(n, ast.FunctionDef))
        long = {f.name: n for f in functions if (n := _lines(f)) > LONGEST_FUNCTION}
        assert long == {}


def test_only_the_privacy_door_makes_a_released_table() -> None:
    makers = [path for path in PRODUCT if "Released" in _called(path)]
    assert [_shown(path) for path in makers] == ["ecosphere/privacy/__init__.py"]


def test_nothing_is_left_for_later_and_no_markup_is_let_through() -> None:
    left = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b|unsafe_" r"allow_html")
    found = [
        f"{_shown(path)}:{number}"
        for path in [*PRODUCT, *TESTS, *QUERIES]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if left.search(line)
    ]
    assert found == []


def test_words_for_readers_stand_in_text_and_not_in_code() -> None:
    held = {
        f"{path.relative_to(ROOT / 'ecosphere').as_posix()}"
        for path in (ROOT / "ecosphere").rglob("*.py")
        if _part(path) != "demo" and CHINESE.search(path.read_text(encoding="utf-8"))
    }
    assert held == set(MAY_HOLD_CHINESE)


def _before(place: int) -> Iterator[str]:
    for line in ORDER[:place]:
        yield from line


def _part(path: Path) -> str:
    """The part of the house a file belongs to; '' for the package's own __init__."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = parts[1] if parts[0] == "ecosphere" else parts[0]
    return "" if name == "__init__" else name


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _own_imports(path: Path) -> set[str]:
    names = (name.split(".") for name in _imports(path))
    return {name[1] for name in names if name[0] == "ecosphere" and len(name) > 1}


def _called(path: Path) -> set[str]:
    calls = (node.func for node in ast.walk(_tree(path)) if isinstance(node, ast.Call))
    return {
        func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in calls
    }


def _of(path: Path, stem: str) -> bool:
    return path.parts[-3:-1] == ("metrics", stem)


def _stems(pattern: str) -> set[str]:
    return {path.stem for path in ROOT.glob(pattern)} - {"__init__"}


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _lines(function: ast.FunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
