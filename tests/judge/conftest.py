"""Run folders for the judge, and for whoever renders what it found."""

from collections.abc import Callable
from pathlib import Path

import pytest

from switchdrill.record.folder import RunFolder
from tests.judge.story import RUN, Story
from tests.judge.synthetic import tell


@pytest.fixture
def synthetic_run(tmp_path: Path) -> Callable[[Story], RunFolder]:
    """Writes the folder of a made-up run: `synthetic_run(Story(standby="frozen"))`."""
    number = 0

    def _tell(story: Story) -> RunFolder:
        nonlocal number
        number += 1
        return tell(story, tmp_path / f"runs-{number}" / RUN)

    return _tell
