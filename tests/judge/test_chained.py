"""What is chained can't be changed; what is only Locust's own may be."""

import json

import pytest

from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.measured.chained import is_evidence
from tests.judge.synthetic import Story


@pytest.mark.parametrize(
    "name", ["samples/media.telecom.bin", "load/viewers.jsonl", "events/gslb.jsonl", "ledgers/gifts.b.hold.json"]
)
def test_one_flipped_byte_is_found_and_named(synthetic_run, name: str) -> None:
    folder = synthetic_run(Story())
    raw = bytearray((folder.path / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (folder.path / name).write_bytes(raw)

    result = judge_folder(folder)

    assert result.verdict == "INVALID"
    (broken,) = [each for each in result.validity if each.name == "evidence"]
    assert broken.said.code == "check.evidence.changed"
    assert broken.said.facts == {"file": name}


def test_what_was_appended_after_the_last_link_is_fine(synthetic_run) -> None:
    folder = synthetic_run(Story())
    with (folder.events / "gslb.jsonl").open("a") as log:
        log.write(json.dumps({"t_ns": 1, "event": "stopped"}) + "\n")

    assert judge_folder(folder).verdict == "PASS"


def test_a_changed_plan_is_no_plan(synthetic_run) -> None:
    folder = synthetic_run(Story())
    folder.plan.write_text(folder.plan.read_text().replace('"lost_max": 0', '"lost_max": 9'))

    result = judge_folder(folder)

    assert result.verdict == "INVALID"
    assert result.headline.code == "headline.invalid.plan"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("samples/a.bin", True),
        ("samples/schema.json", False),
        ("load/viewers.jsonl", True),
        ("load/stats.json", False),
        ("events/x.jsonl", True),
        ("ledgers/x.json", True),
        ("../samples/a.bin", False),
        ("samples/../../etc/passwd.bin", False),
        ("/samples/a.bin", False),
        ("run.jsonl", False),
    ],
)
def test_only_what_the_judge_reads_is_evidence(name: str, expected: bool) -> None:
    assert is_evidence(name) == expected


def test_a_journal_that_was_edited_is_read_up_to_there(synthetic_run) -> None:
    folder = synthetic_run(Story())
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    edited = next(index for index, line in enumerate(lines) if b'"part":"hold","reached":true' in line)
    lines[edited] = lines[edited].replace(b'"reached":true', b'"reached":false')
    folder.journal.write_bytes(b"".join(lines))

    result = judge_folder(folder)

    assert result.journal_first_bad_line == edited + 2
    assert result.verdict == "INCOMPLETE"
