"""From a run's folder to the page: whatever the judge finds, both languages can say it."""

import re
from pathlib import Path

import pytest

from switchdrill.text import LANGUAGES
from switchdrill_reports import publish
from switchdrill_reports.said import SAID
from tests.judge.story import RUN, Story
from tests.judge.synthetic import tell

from .page import read

STORIES = {
    "kept": Story(),
    "too slow": Story(steered_s={"telecom": 6.4, "unicom": 25.0}, lost_gifts=3, deviation="x"),
    "standby dead": Story(standby="dead"),
    "wrong room": Story(standby="wrong_room"),
    "runner killed": Story(runner_lost_s=4.0),
    "load died": Story(load_dies_s=6.0),
    "prober died": Story(prober_dies_s=6.0),
    "aborted": Story(aborted_s=8.0),
    "refused": Story(refused=True),
    "not steady": Story(not_steady=True),
    "no effect": Story(has_effect=False),
    "not healed": Story(heals=False),
    "never noticed": Story(detected_s=None),
    "no event log": Story(has_event_log=False),
}


@pytest.mark.parametrize("name", STORIES)
def test_every_run_gets_a_report_that_says_everything_in_words(name: str, tmp_path: Path) -> None:
    folder = tell(STORIES[name], tmp_path / RUN).path
    publish.judge(folder)
    written = publish.render(folder, LANGUAGES)

    assert [folder / "report.en.html", folder / "report.zh.html"] == list(written)
    for path in written:
        page = read(path.read_text(encoding="utf-8"))
        bare = [code for code in SAID if re.search(rf"(?<![\w.]){re.escape(code)}(: | \(|$)", page.text)]
        assert [] == bare
        assert [] == re.findall(r"\{\w+\}|%\(\w+\)s|\bNone\b|\w+_ns=", page.text)


def test_rendering_again_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = tell(Story(), tmp_path / RUN).path
    first = [path.read_bytes() for path in publish.render(folder, LANGUAGES)]

    assert first == [path.read_bytes() for path in publish.render(folder, LANGUAGES)]
