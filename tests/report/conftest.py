"""Reports of every kind of run, in both languages, and a browser to read them with."""

import pytest

from switchdrill.text import LANGUAGES
from switchdrill_reports.result import Result

from . import results


@pytest.fixture(params=list(results.EVERY_STATE))
def result(request: pytest.FixtureRequest) -> Result:
    """One run for each way a drill can end."""
    made: Result = results.EVERY_STATE[request.param]()
    return made


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)
