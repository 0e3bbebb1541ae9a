"""The registered judge: same bytes every time, whole files, and nothing that raises."""

import json
from importlib.metadata import entry_points
from pathlib import Path

import jsonschema
import pytest

from switchdrill.errors import RecordLost
from switchdrill.record.folder import RunFolder
from switchdrill_reports import publish
from switchdrill_reports.judged import judge as judging
from switchdrill_reports.result import Result
from switchdrill_reports.run_schema import FILE, schema
from tests.judge.synthetic import Story, tell


def test_the_same_run_gives_the_same_bytes_twice_and_elsewhere(tmp_path: Path) -> None:
    first = tell(Story(), tmp_path / "here" / "run")
    second = tell(Story(), tmp_path / "there" / "run")
    for folder in (first, second):
        publish.judge(folder.path)
    once = first.result.read_bytes(), first.junit.read_bytes()
    publish.judge(first.path)

    assert (first.result.read_bytes(), first.junit.read_bytes()) == once
    assert (second.result.read_bytes(), second.junit.read_bytes()) == once


def test_run_json_reads_back_as_what_was_judged(synthetic_run) -> None:
    folder = synthetic_run(Story(lost_gifts=2))
    publish.judge(folder.path)

    assert publish.read_result(folder.result) == judging.judge_folder(folder)


@pytest.mark.parametrize("story", [Story(), Story(detected_s=None), Story(refused=True), Story(heals=False)])
def test_run_json_keeps_to_the_shipped_schema(synthetic_run, story: Story) -> None:
    folder = synthetic_run(story)
    publish.judge(folder.path)

    jsonschema.validate(json.loads(folder.result.read_text()), json.loads(FILE.read_text()))


def test_the_shipped_schema_is_the_models() -> None:
    assert FILE.read_bytes() == schema(), "write it again with:  python -m switchdrill_reports.run_schema"


def test_the_engine_is_told_what_it_needs(synthetic_run) -> None:
    judged = publish.judge(synthetic_run(Story(steered_s={"telecom": 6.4, "unicom": 21.0})).path)

    assert judged.verdict == "FAIL"
    assert judged.all_healed
    assert len(judged.findings) == 2
    assert "FAIL" in judged.summary


def test_reports_are_rendered_from_run_json_and_judged_when_there_is_none(synthetic_run) -> None:
    folder = synthetic_run(Story())

    written = publish.render(folder.path, ("en", "zh"))

    assert list(written) == [folder.report("en"), folder.report("zh")]
    assert all(path.read_text().startswith("<!") for path in written)
    assert folder.result.is_file()


@pytest.mark.parametrize("part", ["milestones", "accounts", "homecoming", "checks", "strata", "viewers", "proofs"])
def test_a_judge_that_crashes_in_one_part_is_incomplete_and_keeps_the_others(
    synthetic_run, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def crash(*_arguments: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(judging, part, crash)
    result = judging.judge_folder(synthetic_run(Story()))

    assert result.verdict == "INCOMPLETE"
    assert result.reasons[0].code == "reason.crashed"
    assert result.reasons[0].facts["problem"] == "ZeroDivisionError: a bug"
    assert result.parts
    assert result.steps


def test_even_a_crash_while_reading_is_incomplete(synthetic_run, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_folder: RunFolder) -> None:
        raise MemoryError("too much")

    monkeypatch.setattr(judging, "read_evidence", crash)

    assert judging.judge_folder(synthetic_run(Story())).verdict == "INCOMPLETE"


def test_a_folder_that_can_not_be_written_leaves_the_old_result(synthetic_run, monkeypatch) -> None:
    folder = synthetic_run(Story())
    publish.judge(folder.path)
    before = folder.result.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish.os, "fsync", full)
    with pytest.raises(RecordLost) as lost:
        publish.judge(folder.path)

    assert folder.result.read_bytes() == before
    assert "No space left on device" in str(lost.value)
    assert sorted(folder.path.glob(".run.json*")) == []


def test_a_result_of_another_version_is_judged_again(synthetic_run) -> None:
    folder = synthetic_run(Story())
    folder.result.write_text('{"schema": "switchdrill.run/v9"}')

    publish.render(folder.path, ("en",))

    assert isinstance(publish.read_result(folder.result), Result)


def test_it_is_the_registered_judge() -> None:
    (point,) = entry_points(group="switchdrill.judges")

    assert point.load() is publish
