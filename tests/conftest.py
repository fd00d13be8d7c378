"""What all tests share: the sample as a generation."""

import fcntl
import os
from datetime import date
from pathlib import Path

import pytest

from ecosphere.build import build
from ecosphere.config import ROOT, Config
from ecosphere.contract import read_mapping
from ecosphere.generations import Home

DAY_AFTER = date(2026, 11, 22)  # the day after the sample ends


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that serves the sample, built once for all workers. Not to be written to."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    home = shared / "sample-home"
    with (shared / "sample-home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second waits, and finds it built
        if not home.exists():
            build(Home(home), ROOT / "data" / "sample", read_mapping(None), Config(), DAY_AFTER)
    return home
