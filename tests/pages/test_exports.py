"""The page of exports: what to deliver, a check of the files, and who may ask for one."""

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from time import monotonic, sleep

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from ecosphere.contract import check, contracts, read_mapping
from ecosphere.engines import duckdb
from ecosphere.text import Text
from tests.pages.conftest import Visit
from tests.pages.reading import words

EN, ZH = Text("en"), Text("zh")
EXPORTS = "pages/operations/exports.py"
PATIENCE_S = 30
CHECK = "check_exports"
PERSONAL = ("13800138000", "Wang Fang", "P000017")

Prepared = Callable[..., Path]


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    """A home without a generation, whose settings name a folder with these exports."""

    def made(settings: str = "", **exports: pl.DataFrame) -> Path:
        home, folder = tmp_path / "home", tmp_path / "delivered"
        home.mkdir()
        folder.mkdir()
        for name, frame in exports.items():
            frame.write_parquet(folder / f"{name}.parquet")
        said = f'[exports]\nfolder = "{folder}"\n{settings}'
        (home / "ecosphere.toml").write_text(said, encoding="utf-8")
        return home

    return made


def clean(rows: int = 20) -> pl.DataFrame:
    people = [f"P{number:06d}" for number in range(rows)]
    return pl.DataFrame({"customer_id": people, "occurred_at": [datetime(2026, 11, 1)] * rows})


def faulty() -> dict[str, pl.DataFrame]:
    """Personal values in three places: an id, a name where a code belongs, a number of a phone."""
    events = clean().with_columns(event_type=pl.lit("Wang Fang"))
    customers = pl.DataFrame({"customer_id": ["P000017", "P000017"], "joined_on": [None, None],
                              "note": ["13800138000", "13800138000"]},
                             schema_overrides={"joined_on": pl.Date})  # fmt: skip
    return {"events": events, "customers": customers}


def checked(app: AppTest) -> AppTest:
    """Press the button and wait for the report."""
    app.button(key=CHECK).click().run()
    end = monotonic() + PATIENCE_S
    while app.button(key=CHECK).disabled and monotonic() < end:
        sleep(0.05)
        app.run()
    assert not app.button(key=CHECK).disabled
    return app


def everything(app: AppTest) -> str:
    """What is written, in tables and in code too."""
    tables = [str(table.value.to_dict()) for table in app.dataframe]
    return "\n".join([words(app), *tables, *(code.value for code in app.code)])


@pytest.mark.parametrize("text", [EN, ZH], ids=["en", "zh"])
def test_without_a_generation_the_page_says_what_is_needed(
    visit: Visit, tmp_path: Path, text: Text
) -> None:
    app = visit(tmp_path, lang=text.language)
    assert not app.exception
    assert app.title[0].value == text("pages.exports")
    assert app.header[0].value == text("delivery.headline_first")
    told = everything(app)
    for contract in contracts().values():
        assert contract.lights_up[text.language] in told
        assert contract.worth[text.language] in told
    assert [b.label for b in app.get("download_button")] == [
        text("delivery.take", kind="Markdown"),
        text("delivery.take", kind="CSV"),
    ]


def test_the_contract_that_is_chosen_is_shown(visit: Visit, tmp_path: Path) -> None:
    app = visit(tmp_path)
    app.selectbox(key="delivery_export").set_value("branches").run()
    names = app.dataframe[0].value[EN("delivery.column")].to_list()
    assert names == list(contracts()["branches"].names)
    levels = ", ".join(contracts()["branches"].column("level").codes)
    assert EN("delivery.allowed_in", column="level", allowed=levels) in words(app)


@pytest.mark.parametrize("text", [EN, ZH], ids=["en", "zh"])
def test_without_a_folder_the_page_says_how_to_set_one(
    visit: Visit, tmp_path: Path, text: Text
) -> None:
    app = visit(tmp_path, lang=text.language)
    assert str(tmp_path / "ecosphere.toml") in words(app)
    assert app.code[0].value.startswith("[exports]\nfolder = ")
    assert not [button for button in app.button if button.key == CHECK]


@pytest.mark.parametrize("text", [EN, ZH], ids=["en", "zh"])
def test_clean_exports_pass_and_the_commands_stand_below(
    visit: Visit, prepared: Prepared, text: Text
) -> None:
    home = prepared(events=clean())
    app = checked(visit(home, lang=text.language))
    assert text("delivery.passed") in words(app)
    rows = app.dataframe[-1]
    assert rows.value[text("delivery.rows_in")].to_list() == ["20"]
    assert rows.value[text("delivery.kept")].to_list() == ["20"]
    assert app.code[-1].value.splitlines() == [
        f"ecosphere check --home {home}",
        f"ecosphere build --home {home}",
    ]
    assert not list(home.glob("generation-*"))  # a check never builds


@pytest.mark.parametrize("text", [EN, ZH], ids=["en", "zh"])
def test_faulty_exports_are_told_in_the_words_of_the_command_line_without_a_value(
    visit: Visit, prepared: Prepared, text: Text
) -> None:
    home = prepared(**faulty())
    app = checked(visit(home, lang=text.language))
    told = everything(app)
    assert text("delivery.refused") in told
    folder = home.parent / "delivered"
    report = check(duckdb.scratch(), folder, read_mapping(None), "UTC", date.today())
    assert {"not_allowed", "duplicate_key", "personal_value"} <= {f.code for f in report.findings}
    for finding in report.findings:
        assert f"{finding.file} · " in told.replace("\u00a0", " ")
        assert finding.without_values().message(text) in told
        assert finding.without_values() == finding or "…" in finding.without_values().message(text)
    assert [value for value in PERSONAL if value in told] == []


def test_a_mapping_is_offered_for_a_banks_own_names(visit: Visit, prepared: Prepared) -> None:
    own = clean().rename({"customer_id": "CUST_NO", "occurred_at": "TX_TIME"})
    app = checked(visit(prepared(events=own)))
    written = next(code.value for code in app.code if "[events.columns]" in code.value)
    assert 'customer_id = "CUST_NO"' in written
    assert EN("delivery.take_mapping") in [b.label for b in app.get("download_button")]


def test_no_mapping_is_offered_where_the_names_are_ours(visit: Visit, prepared: Prepared) -> None:
    app = checked(visit(prepared(events=clean())))
    assert EN("delivery.take_mapping") not in [b.label for b in app.get("download_button")]


@pytest.mark.parametrize(
    "settings",
    [
        'default_role = "executive"\n',
        "[roles.analyst]\nround_to = 10\n",
        '[roles.analyst]\ncheck = true\nrows = { region = ["north"] }\n',
    ],
)
@pytest.mark.parametrize("text", [EN, ZH], ids=["en", "zh"])
def test_a_role_that_may_not_check_reads_the_contracts_and_no_more(
    visit: Visit, tmp_path: Path, settings: str, text: Text
) -> None:
    said = settings.replace("[roles", '[exports]\nfolder = "/srv"\n[roles', 1)
    (tmp_path / "ecosphere.toml").write_text(said, encoding="utf-8")
    app = visit(tmp_path, lang=text.language)
    assert not app.exception
    assert not [button for button in app.button if button.key == CHECK]
    assert "/srv" not in everything(app)
    assert str(tmp_path) not in everything(app)
    assert "check = true" in words(app)
    assert len(app.dataframe) == 1  # the contract


def test_broken_settings_are_named_and_the_contracts_stay(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "ecosphere.toml").write_text("[exports\n", encoding="utf-8")
    app = visit(tmp_path)
    assert not app.exception
    assert EN("states.settings_title") in words(app)
    assert str(tmp_path / "ecosphere.toml") in words(app)
    assert len(app.dataframe) == 1


def test_a_folder_that_is_not_there_is_a_finding(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "ecosphere.toml").write_text('[exports]\nfolder = "gone"\n', encoding="utf-8")
    app = checked(visit(tmp_path))
    assert EN("check.no_folder", file=tmp_path / "gone") in words(app)


def test_a_wrong_mapping_file_is_a_sentence(visit: Visit, prepared: Prepared) -> None:
    home = prepared('mapping = "no.toml"\n', events=clean())
    app = checked(visit(home))
    assert EN("delivery.broke_off") in words(app)
    assert EN("errors.mapping_missing", file=home / "no.toml") in words(app)


@pytest.mark.parametrize("content", [b"", b"no database", bytes(5000)])
def test_a_generation_that_cannot_be_read_is_named_with_a_way_out(
    visit: Visit, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "CURRENT").write_text("generation-2.duckdb\n")
    (tmp_path / "generation-1.duckdb").write_bytes(b"")
    (tmp_path / "generation-2.duckdb").write_bytes(content)
    app = visit(tmp_path)
    assert not app.exception
    assert EN("states.nothing_served") in words(app)
    assert f"ecosphere rollback N --home {tmp_path} (others: 1)" in words(app)
    assert len(app.dataframe) == 1


def test_a_current_that_leads_nowhere_is_named(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "CURRENT").write_text("generation-2.duckdb\n")
    app = visit(tmp_path)
    assert not app.exception
    assert EN("errors.current_broken", home=tmp_path, name="generation-2.duckdb") in words(app)


def test_after_the_first_build_the_page_is_in_the_menu(visit: Visit) -> None:
    app = visit().switch_page(EXPORTS).run()
    assert not app.exception
    assert app.header[0].value == EN("delivery.headline")
    assert app.sidebar.multiselect  # the frame is that of every page


def test_no_word_of_the_other_language_is_left(visit: Visit, prepared: Prepared) -> None:
    home = prepared(events=clean())
    app = checked(visit(home, lang="zh"))
    names = {name for contract in contracts().values() for name in contract.names}
    columns = [column for contract in contracts().values() for column in contract.columns]
    names |= {code for column in columns for code in column.codes}
    names |= {*contracts(), "Ecosphere", "Parquet", "parquet", "SQL", "App", "English", "AUM",
              "NPS", "Markdown", "CSV", "ecosphere", "toml"}  # fmt: skip
    left = set(re.findall(r"[A-Za-z_]+", re.sub(r"/\S+", "", words(app)))) - names
    assert left == set()
    assert not re.search(r"[\u4e00-\u9fff]", words(visit(home)).replace("中文", ""))


def test_days_of_an_export_are_told(visit: Visit, prepared: Prepared) -> None:
    app = checked(visit(prepared(events=clean())))
    day = date(2026, 11, 1)
    assert app.dataframe[-1].value[EN("delivery.days")].to_list() == [f"{day} – {day}"]
