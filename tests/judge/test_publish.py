"""The registered judge: same bytes every time, whole files, and nothing that raises."""

import hashlib
import json
from importlib.metadata import entry_points
from pathlib import Path

import jsonschema
import pytest

from switchdrill.errors import BadInput, RecordLost
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import read_journal
from switchdrill_reports import publish
from switchdrill_reports.judged import judge as judging
from switchdrill_reports.result import Result
from switchdrill_reports.run_schema import FILE, schema
from tests.judge.journal import chained_lines
from tests.judge.story import Story
from tests.judge.synthetic import tell


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

    assert Result.model_validate_json(folder.result.read_bytes()) == judging.judge_folder(folder)


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


@pytest.mark.parametrize("was", ['{"schema": "switchdrill.run/v9"}', None])
def test_a_page_never_says_what_its_evidence_does_not(synthetic_run, was: str | None) -> None:
    """Neither of another version's run.json, nor of one that somebody edited."""
    folder = synthetic_run(Story(lost_gifts=2))
    publish.judge(folder.path)
    judged = folder.result.read_bytes()
    folder.result.write_text(was or judged.decode().replace('"verdict": "FAIL"', '"verdict": "PASS"'))

    publish.render(folder.path, ("en",))

    assert folder.result.read_bytes() == judged
    assert "<title>Failed" in folder.report("en").read_text()


def test_a_plan_that_this_version_can_not_read_is_told_by_field_and_version_and_nothing_is_overwritten(
    synthetic_run,
) -> None:
    """Written when a runbook could have a million viewers and one."""
    folder = synthetic_run(Story())
    publish.judge(folder.path)
    before = folder.result.read_bytes()
    plan = folder.plan.read_text().replace('"viewers": 20', '"viewers": 1000001')
    folder.plan.write_text(plan)
    opened, *rest = read_journal(folder.journal).entries
    changed = {**opened.model_dump(), "plan_sha256": hashlib.sha256(plan.encode()).hexdigest()}
    folder.journal.write_bytes(chained_lines([type(opened).model_validate(changed), *rest]))

    with pytest.raises(BadInput) as refused:
        publish.judge(folder.path)

    for words in (
        "runbook.load.peak.viewers",
        "switchdrill.plan/v1",
        "switchdrill 0.1.0, commit 490a3c9",
        str(folder.plan),
    ):
        assert words in str(refused.value)
    assert folder.result.read_bytes() == before
    assert judging.judge_folder(folder).verdict == "INCOMPLETE"


def test_a_record_that_fits_its_chain_and_that_this_version_can_not_read_is_told_by_its_line(synthetic_run) -> None:
    folder = synthetic_run(Story())
    lines = folder.journal.read_bytes().splitlines()
    link = {"seq": len(lines), "prev": hashlib.sha256(lines[-1]).hexdigest()}
    later = json.dumps({**link, "kind": "dreamt", "t_ns": 1}).encode()
    folder.journal.write_bytes(b"\n".join([*lines, later]) + b"\n")

    with pytest.raises(BadInput) as refused:
        publish.judge(folder.path)

    assert f"{folder.journal}:{len(lines) + 1}" in str(refused.value)
    assert "dreamt" in str(refused.value)


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"null"])
@pytest.mark.parametrize("name", ["plan.json", "run.jsonl"])
def test_what_is_broken_is_judged_and_not_refused(synthetic_run, name: str, body: bytes) -> None:
    folder = synthetic_run(Story())
    (folder.path / name).write_bytes(body)

    assert publish.judge(folder.path).verdict in ("INCOMPLETE", "INVALID")


def test_it_is_the_registered_judge() -> None:
    (point,) = entry_points(group="switchdrill.judges")

    assert point.load() is publish
