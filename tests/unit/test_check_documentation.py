"""docs/exports.md and docs/faults.md say what the contracts, the words and the tests say."""

import ast
import re
import tomllib

from ecosphere.build import build
from ecosphere.config import ROOT, Config
from ecosphere.contract import Contract, contracts, read_mapping
from ecosphere.generations import Home
from ecosphere.text import Text
from tests.unit.faults import TODAY
from tests.unit.test_check_exports import everything

FAULTS = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
WORDS = tomllib.loads((ROOT / "ecosphere/text/en.toml").read_text(encoding="utf-8"))
CODES = {code for code in WORDS["check"] if not code.startswith("severity_")}


# Much at once, but no stress.
CALM = {
    ROOT / "tests" / "full" / name
    for name in ("test_every_filter.py", "test_bench.py", "test_downloads.py")
}
DELIVERED, SURVIVED = FAULTS.split("\n## What a build survives\n")


def table(text: str = DELIVERED) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def there_in(part: str) -> set[str]:
    """The names of the tests in a folder."""
    files = (ROOT / "tests" / part).glob("test_*.py")
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in files)
    return {node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)
            and node.name.startswith("test_")}  # fmt: skip


def test_every_fault_stands_in_the_table_with_its_words():
    rows = {row[1].strip("`"): row for row in table()}
    assert len(rows) == len(table()) >= 40
    assert set(rows) >= CODES
    assert set(rows) - CODES == {key for key in WORDS["errors"] if key.startswith("mapping_")}
    for code, row in rows.items():
        _, _, _, message, exit_code, kept = row
        assert message == WORDS["check"].get(code) or message == WORDS["errors"].get(code)
        assert (exit_code == "2") == code.startswith("mapping_")
        assert exit_code[0] in "023"
        assert ("nothing" in kept) == (exit_code != "0")  # whatever is refused leaves nothing


def test_every_test_named_there_exists():
    named = set(re.findall(r"`(test_\w+)`", FAULTS))
    files = (
        path for part in ("unit", "full") for path in (ROOT / "tests" / part).glob("test_*.py")
    )
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in files)
    there = {node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert named - there == set()
    assert all(row[2].startswith("`test_") for row in table())


def test_every_test_under_stress_stands_in_the_second_table_with_messages_that_exist():
    rows = table(SURVIVED)
    files = set((ROOT / "tests" / "full").glob("test_*.py")) - CALM
    there = {
        name for path in files for name in re.findall(r"^def (test_\w+)", path.read_text(), re.M)
    }
    assert {name for row in rows for name in re.findall(r"`(test_\w+)`", row[1])} == there
    keys = [key for row in rows for key in re.findall(r"`(\w+)\.(\w+)`", row[2])]
    assert [key for part, key in keys if key not in WORDS[part]] == []
    assert len(keys) > 5


def test_every_code_that_the_package_writes_has_words():
    source = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "ecosphere/contract").glob("*"
                     ".py"))  # fmt: skip
    written = set(re.findall(r'(?:finding|Finding|Rule)\(\s*"(\w+)"', source))
    assert len(written) > 25
    assert written <= CODES


def test_the_guide_lists_every_export_with_its_columns():
    for name, contract in contracts().items():
        line = next(line for line in GUIDE.splitlines() if line.startswith(f"| `{name}` |"))
        for column in _own(contract):
            assert f"`{column}`" in line, (name, column)
        assert contract.lights_up["en"] in line
        assert all(Text(language).has(f"exports.{name}") for language in ("en", "zh"))


def _own(contract: Contract) -> list[str]:
    lent = contracts()[contract.attributes_of].names if contract.attributes_of else ()
    return [c.name for c in contract.columns if c.required or c.name not in lent]


def test_a_build_takes_a_delivery_of_everything(tmp_path):
    (tmp_path / "exports").mkdir()
    for name, frame in everything().items():
        frame.write_parquet(tmp_path / "exports" / f"{name}.parquet")
    made = build(Home(tmp_path / "home"), tmp_path / "exports", read_mapping(None), Config(), TODAY)
    assert {account["export"]: account["kept"] for account in made.accounts} == dict.fromkeys(
        contracts(), 1
    )
