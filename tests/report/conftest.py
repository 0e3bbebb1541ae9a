"""Reports of every kind of run, in both languages, and a browser to read them with."""

import pytest

from switchdrill.text import LANGUAGES
from switchdrill_reports.result import Result

from . import browser, results

_WHY = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs_chromium: reads pages in Chromium; deselected elsewhere, with the reason")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanting = [item for item in items if item.get_closest_marker("needs_chromium")]
    if wanting and browser.CHROMIUM is None:
        config.hook.pytest_deselected(items=wanting)
        items[:] = [item for item in items if item not in wanting]
        config.stash[_WHY] = [f"{len(wanting)} test(s) deselected: there is no chromium on PATH"]


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    return config.stash.get(_WHY, [])


@pytest.fixture(params=list(results.EVERY_STATE))
def result(request: pytest.FixtureRequest) -> Result:
    """One run for each way a drill can end."""
    made: Result = results.EVERY_STATE[request.param]()
    return made


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)
