"""queries/ holds only questions whose headers are complete and true."""

from pathlib import Path

import duckdb
import pytest

from ecosphere import contract, library
from ecosphere.engines import duckdb as engines
from ecosphere.generations import Home
from ecosphere.model import Filters, Problem, Role
from ecosphere.source import Source, open_source

QUESTION = """-- How many people were active.
--
-- grain     = ["month"]
-- unit      = "people"
-- kind      = "full count"
-- direction = "up is better"
-- people    = "people"
-- where     = "none"
-- reads     = ["active_month"]
-- owner     = "digital_banking"
--
-- [columns]
-- month  = "month"
-- people = "count"
-- idle   = "count"
--
-- Prose that explains; not a header.
select month, people, 0 as idle
from active_month
"""
SQL = QUESTION[QUESTION.index("select") :]


@pytest.fixture
def source(sample_home: Path) -> Source:
    return open_source(Home(sample_home))


def _read(tmp_path: Path, text: str) -> library.Question:
    path = tmp_path / "active_users" / "people.sql"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return library._question(path)


def test_a_whole_header_becomes_a_question(tmp_path: Path) -> None:
    found = _read(tmp_path, QUESTION)
    assert (found.name, found.stem) == ("active_users/people", "active_users")
    assert found.description == "How many people were active."
    assert found.columns == {"month": "month", "people": "count", "idle": "count"}
    assert found.reads == ("active_month",)
    assert found.sql.strip() == SQL.strip()


KEYS = ("grain", "unit", "kind", "direction", "people", "where", "reads", "owner")


@pytest.mark.parametrize("key", KEYS)
def test_a_header_without_a_key_is_refused(tmp_path: Path, key: str) -> None:
    lines = [line for line in QUESTION.splitlines() if not line.startswith(f"-- {key} ")]
    with pytest.raises(Problem, match="query_header") as refused:
        _read(tmp_path, "\n".join(lines))
    assert refused.value.values["file"] == "active_users/people"
    assert f"'{key}'" in str(refused.value.values["detail"])


def _with(line: str) -> str:
    """The question with one more line at the top of its header."""
    return QUESTION.replace("-- grain ", f"-- {line}\n-- grain ")


def _reading(sql: str) -> str:
    return QUESTION.replace(SQL, sql)


PUBLIC = QUESTION.replace('= "people"\n-- where', '= "none"\n-- public = true\n-- where')
SUMS = 'sums = [["people", "idle"]]\n-- additive = "month"'
HEADERS = {
    "unexpected keyword argument 'colour'": _with('colour = "red"'),
    "kind is one of full count, model, sample": QUESTION.replace('"full count"', '"guess"'),
    "direction is one of": QUESTION.replace('"up is better"', '"up"'),
    "a column has an unknown kind": QUESTION.replace('idle   = "count"', 'idle   = "number"'),
    "grain names a column that is not there": QUESTION.replace('["month"]', '["day"]'),
    "people names the column that counts": QUESTION.replace('people = "count"', 'people = "plan"'),
    "without people it must be public": PUBLIC.replace("-- public = true\n", ""),
    "what counts people is not public": PUBLIC,
    "a derived column is also a column": _with('derived = {idle = "people"}'),
    "sums over columns and an additive dimension": _with(SUMS),
    "Invalid value": QUESTION.replace('"month"\n-- p', "m\n-- p"),
}
NAMED = {
    "sums": 'sums = [["people", "gone"]]',
    "differences": 'differences = [["gone", "people"]]',
    "previous, the column": 'previous = {gone = "people"}',
    "previous, what it repeats": 'previous = {people = "gone"}',
    "money": 'money = {gone = ["people", "idle"]}',
}
TABLES = {
    "one select and nothing else": f"{SQL.rstrip()}; select 1",
    "one select": "delete from active_month",
    "one select ": "create table more as select * from active_month",
    "a table is named with its schema": SQL.replace("from active", "from stored.active"),
    "a table is named with its schema ": f"{SQL}, generation.stored.moves",
    "a part is named like a table it reads": f"with active_month as (select 1 as month) {SQL}",
    "reads ['active_month', 'moves']": SQL.replace("from active_month", "from active_month, moves"),
    "reads ['active_month', 'person']": f"{SQL}where people in (select person from person)",
    "reads []": "select 1 as month, 2 as people, 3 as idle",
    "a table function reads files": SQL.replace("from active_month",
                                                "from active_month, read_csv('rows.csv')"),
    "a table function": SQL.replace("from active_month", "from active_month, glob('*')"),
    "reads ['active_month', 'rows.csv']": SQL.replace("from active_month",
                                                      "from active_month, 'rows.csv'"),
}  # fmt: skip


@pytest.mark.parametrize("detail", [*HEADERS, *TABLES])
def test_a_question_that_breaks_a_rule_is_refused(tmp_path: Path, detail: str) -> None:
    text = HEADERS[detail] if detail in HEADERS else _reading(TABLES[detail])
    with pytest.raises(Problem, match="query_header") as refused:
        _read(tmp_path, text)
    assert detail.strip() in str(refused.value.values["detail"])


@pytest.mark.parametrize("key", NAMED)
def test_a_header_that_speaks_of_a_column_that_is_not_there_is_refused(
    tmp_path: Path, key: str
) -> None:
    with pytest.raises(Problem, match="query_header") as refused:
        _read(tmp_path, _with(NAMED[key]))
    assert "name a column that is not there" in str(refused.value.values["detail"])


def test_comments_stand_at_the_top(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="query_header"):
        _read(tmp_path, QUESTION + "-- and one more\n")


def test_a_fact_breaks_the_same_rules_about_tables(tmp_path: Path) -> None:
    path = tmp_path / "facts" / "more.sql"
    path.parent.mkdir()
    path.write_text('-- More.\n--\n-- reads = ["moves"]\nselect * from stored.moves\n')
    with pytest.raises(Problem, match="query_header"):
        library.read_query(path)
    path.write_text('-- More.\n--\n-- read = ["moves"]\nselect * from moves\n')
    with pytest.raises(Problem, match="query_header"):
        library.read_query(path)


IDLE_MONEY = QUESTION.replace('idle   = "count"', 'idle   = "money"')
OPENINGS = {
    "money without its two largest contributors": IDLE_MONEY,
    "contributors that are not columns": IDLE_MONEY.replace(
        "-- grain ", '-- money = {idle = ["first", "second"]}\n-- grain '
    ),
    "public money": PUBLIC.replace('"count"', '"money"'),
    "an additive dimension that is no key": _with('additive = "region"'),
    "an additive dimension without is_total": _with('additive = "month"'),
    "a formula of a column that is not there": _with('derived = {rate = "people / gone"}'),
    "a broken formula": _with('derived = {rate = "people /"}'),
    "a broken block, taken for prose": QUESTION.replace(
        "-- Prose", "-- [previous]\n-- idle = people\n--\n-- Prose"
    ),
}


@pytest.mark.parametrize("fault", OPENINGS)
def test_a_header_that_would_open_the_door_is_refused(tmp_path: Path, fault: str) -> None:
    with pytest.raises(Problem, match="query_header"):
        _read(tmp_path, OPENINGS[fault])


OF_FAULTS = ("data_health/quarantine", "data_health/refusals")  # the sample has none


@pytest.mark.parametrize("name", library.questions())
def test_the_header_of_a_question_names_the_columns_of_its_answer(
    source: Source, name: str
) -> None:
    asked = library.question(name)
    asked = asked.by_group() if asked.by else asked
    for option in asked.options.get("definition", {"": None}):
        options = {"definition": option} if option else {}
        released = source.ask(name, Filters(), options, Role("", k=0))
        assert released.table.columns == [*asked.columns, *asked.derived, "hidden"]
        assert released.table.height > 0 or name in OF_FAULTS
        assert released.hidden_cells == 0


def test_unknown_questions_options_and_values_are_refused() -> None:
    mau = library.question("active_users/mau")
    assert (mau.option("definition", None), mau.option("definition", "opened")) == (1, 2)
    with pytest.raises(Problem, match="unknown_option"):
        mau.option("colour", "red")
    with pytest.raises(Problem, match="unknown_option_value"):
        mau.option("definition", "red")
    for name in ("active_users/gone", "gone/mau", "active_users", "../facts/cell"):
        with pytest.raises(Problem, match="unknown_stem"):
            library.question(name)
    with pytest.raises(Problem, match="unknown_query"):
        library.query("gone")


def test_a_stem_leads_to_its_default_question() -> None:
    assert library.of_stem("active_users").name == "active_users/mau"
    assert library.of_stem("active_users", "growth").name == "active_users/growth"
    with pytest.raises(Problem, match="unknown_stem"):
        library.of_stem("gone")


def _exports_behind(name: str) -> set[str]:
    return set(library.exports_behind(name) & set(contract.contracts()))


def test_the_exports_behind_a_question_are_found_through_every_table_between() -> None:
    assert _exports_behind("active_users/notes") == {"calendar"}
    people = {"events", "customers", "customer_history", "partners", "identity_links"}
    assert _exports_behind("active_users/growth") == people
    assert _exports_behind("active_users/mau") == {*people, "targets", "calendar"}


def test_a_stored_fact_read_by_its_bare_name_fails_instead_of_answering(
    sample_home: Path,
) -> None:
    home = Home(sample_home)
    engine = engines.serving(home.generation(home.served()))
    for name in ("active_month", "person_month", "stored.active_month", "people.person"):
        with pytest.raises(duckdb.CatalogException):
            engine.run(f"select * from {name}")
    placed = library.placed("select * from moves", {"active_month": "select 1 as month"})
    with pytest.raises(duckdb.CatalogException):
        engine.run(placed)
    engine.close()
