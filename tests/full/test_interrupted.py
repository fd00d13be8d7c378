"""What happens to a build from outside: Ctrl-C, a request to end, a HOME or a clock that goes."""

import signal
from pathlib import Path
from shutil import rmtree
from time import sleep

import pytest

from tests.full.conftest import Bank
from tests.full.running import DATED, begun, build, end, is_one_of, left, run, start


@pytest.mark.parametrize(
    ("sent", "code", "leaves"), [(signal.SIGINT, 130, False), (signal.SIGTERM, -15, True)]
)
def test_a_build_told_to_stop_stops_and_the_last_good_generation_serves(
    bank: Bank, home: Path, sent: signal.Signals, code: int, leaves: bool
) -> None:
    """A shell tells -15 as 143. What SIGTERM leaves goes with the next build."""
    for after in (0.0, 0.2, 0.5):
        process = start("build", bank.new, "--home", home, "--format", "json")
        begun(process, home)
        sleep(after)
        process.send_signal(sent)
        ended = end(process)
        assert (ended.code, bool(left(home))) == (code, leaves), ended.err
        assert "Traceback" not in ended.err
        if sent == signal.SIGINT:
            told = {"outcome": "failed", "exit_code": 130, "problem": "KeyboardInterrupt"}
            assert ended.told == told
        assert is_one_of(home, bank.answers) == 0
    assert build(bank.new, home).code == 0
    assert (is_one_of(home, bank.answers), left(home)) == (1, [])


def test_a_home_deleted_in_the_middle_fails_the_build_and_the_next_begins_anew(
    bank: Bank, home: Path
) -> None:
    process = start("build", bank.new, "--home", home, "--format", "json")
    begun(process, home)
    rmtree(home)
    ended = end(process)
    assert (ended.code, ended.told["problem"]) == (5, "storage")
    assert "Traceback" not in ended.err
    assert build(bank.old, home).code == 0
    assert (is_one_of(home, bank.answers), left(home)) == (0, [])


def test_a_clock_set_back_a_year_refuses_a_delivery_from_the_future(bank: Bank, home: Path) -> None:
    ended = run("2025-05-01", "build", bank.new, "--home", home, "--format", "json", script=DATED)
    assert (ended.code, ended.told["problem"]) == (3, "export_refused")
    assert "future_date" in {finding["code"] for finding in ended.told["findings"]}
    assert is_one_of(home, bank.answers) == 0


def test_a_clock_set_back_some_days_makes_every_month_again_and_the_same(
    bank: Bank, home: Path
) -> None:
    ended = run("2026-09-01", "build", bank.new, "--home", home, "--format", "json", script=DATED)
    assert ended.code == 0, ended.err
    assert {month["reason"] for month in ended.told["redone"]} == {"rebuilt"}
    assert is_one_of(home, bank.answers) == 1


def test_without_current_a_build_carries_on_and_nothing_is_lost(bank: Bank, home: Path) -> None:
    """The generation before holds what people were in past months, which no export tells."""
    (home / "CURRENT").unlink()
    ended = build(bank.new, home)
    assert ended.code == 0, ended.err
    assert "rebuilt" not in {month["reason"] for month in ended.told["redone"]}
    assert is_one_of(home, bank.answers) == 1
