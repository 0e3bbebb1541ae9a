"""`make bench`: figures as ratios against a named rival in the same run. Nothing here passes or fails by its speed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.table import Table
from tests.faults.conftest import box_image, boxed, boxes, engine

__all__ = ["box_image", "boxed", "boxes", "engine"]

TABLE = pytest.StashKey[Table]()
FILE = Path(os.environ.get("SWITCHDRILL_BENCH_FILE", "runs/bench.json"))


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TABLE] = Table()


@pytest.fixture(scope="session")
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    """Figures go here; they are printed together at the end, and written to a file."""
    found = request.config.stash[TABLE]
    yield found
    found.write(FILE)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    found = config.stash[TABLE]
    if found.figures:
        terminalreporter.section("bench")
        for line in found.lines():
            terminalreporter.write_line(line)
        terminalreporter.write_line(f"as data: {FILE}")
