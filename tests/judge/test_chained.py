"""What is chained can't be changed; what is only Locust's own may be."""

import hashlib
import json
from pathlib import Path

import pytest

from switchdrill.record.entries import Chained, Closed
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import read_journal
from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.measured.chained import is_evidence
from switchdrill_reports.result import Result
from tests.judge.journal import chained_lines
from tests.judge.story import Story


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


@pytest.mark.parametrize(
    "name", ["samples/media.telecom.bin", "load/viewers.jsonl", "events/gslb.jsonl", "ledgers/gifts.b.hold.json"]
)
def test_one_byte_after_the_record_was_closed_is_found_and_named(synthetic_run, name: str) -> None:
    folder = synthetic_run(Story())
    with (folder.path / name).open("ab") as file:
        file.write(b"\n")

    result = judge_folder(folder)

    assert result.verdict == "INVALID"
    assert broken(result) == ("check.evidence.grown", {"file": name})


@pytest.mark.parametrize("name", ["samples/media.third.bin", "events/other.jsonl", "ledgers/gifts.a.hold.json"])
def test_a_file_that_the_closed_record_does_not_know_is_found_and_named(synthetic_run, name: str) -> None:
    folder = synthetic_run(Story())
    (folder.path / name).write_text(json.dumps({"t_ns": 1}) + "\n")

    assert broken(judge_folder(folder)) == ("check.evidence.unchained", {"file": name})


def test_locusts_own_files_may_grow(synthetic_run) -> None:
    folder = synthetic_run(Story())
    (folder.load / "locust_stats.csv").write_text("x\n")

    assert judge_folder(folder).verdict == "PASS"


def test_of_a_run_whose_runner_was_lost_only_what_was_chained_counts(synthetic_run) -> None:
    """Its last link may be a second old: what came later is neither damage nor proof."""
    folder = synthetic_run(Story(runner_lost_s=15.0))
    before = judge_folder(folder)
    with (folder.samples / "media.telecom.bin").open("ab") as samples:
        samples.write((folder.samples / "media.unicom.bin").read_bytes()[-8_000:])
    with folder.viewers.open("a") as lines:
        lines.write(json.dumps({"kind": "second", "t_ns": 1, "planned": 9, "alive": 0, "good": 0, "late_p99_ns": 0}))
    (folder.ledgers / "gifts.a.end.json").write_text("{}")

    assert judge_folder(folder) == before


@pytest.mark.parametrize(
    "name",
    ["undo/01-platform.json", "undo/02-site-loss.json", "inputs/two-site-fast.yaml", "inputs/drill.py"],
)
def test_an_undo_or_an_input_that_was_changed_or_lost_is_found_and_named(synthetic_run, name: str) -> None:
    changed, lost = synthetic_run(Story()), synthetic_run(Story())
    with (changed.path / name).open("ab") as file:
        file.write(b" ")
    (lost.path / name).unlink()

    assert judge_folder(changed).verdict == judge_folder(lost).verdict == "INVALID"
    assert broken(judge_folder(changed)) == ("check.evidence.changed", {"file": name})
    assert broken(judge_folder(lost)) == ("check.evidence.missing", {"file": name})


def test_the_runbook_is_held_against_the_plan_even_when_the_list_beside_it_was_changed_too(synthetic_run) -> None:
    folder = synthetic_run(Story())
    forged = folder.inputs / "two-site-fast.yaml"
    digest = hashlib.sha256(forged.read_bytes()).hexdigest()
    forged.write_text("id: mild\n")
    sums = folder.inputs / "SHA256SUMS"
    sums.write_text(sums.read_text().replace(digest, hashlib.sha256(b"id: mild\n").hexdigest()))

    assert broken(judge_folder(folder)) == ("check.evidence.changed", {"file": "inputs/two-site-fast.yaml"})


def test_without_the_list_of_inputs_nobody_knows_them(synthetic_run) -> None:
    folder = synthetic_run(Story())
    (folder.inputs / "SHA256SUMS").unlink()

    assert broken(judge_folder(folder)) == ("check.evidence.missing", {"file": "inputs/SHA256SUMS"})


def broken(result: Result) -> tuple[str, dict[str, str | int | float | None]]:
    """The one rule that is."""
    (check,) = [each for each in result.validity if not each.ok]
    return check.said.code, check.said.facts


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


def test_a_file_that_can_not_be_read_is_called_that_and_nothing_worse(synthetic_run, monkeypatch) -> None:
    """A disk that fails is nobody's forgery; but what is on it proves nothing."""
    folder = synthetic_run(Story())
    bad = folder.path / "load" / "viewers.jsonl"
    whole = Path.open

    def failing(path: Path, *arguments, **keywords):
        if path == bad:
            raise OSError(5, "Input/output error")
        return whole(path, *arguments, **keywords)

    monkeypatch.setattr(Path, "open", failing)
    result = judge_folder(folder)

    assert "evidence" not in [each.name for each in result.validity]
    assert "reason.unreadable" in [each.code for each in result.reasons]
    assert "Input/output error" in str([each.facts for each in result.reasons])
    assert result.verdict in ("INCOMPLETE", "INVALID")


def test_the_list_of_inputs_is_held_against_the_first_record(synthetic_run) -> None:
    folder = synthetic_run(Story())
    opened, *rest = read_journal(folder.journal).entries
    digest = hashlib.sha256((folder.inputs / "SHA256SUMS").read_bytes()).hexdigest()
    signed = type(opened).model_validate({**opened.model_dump(), "inputs_sha256": digest})
    folder.journal.write_bytes(chained_lines([signed, *rest]))
    before = judge_folder(folder)
    (folder.inputs / "drill.py").write_text("def test_it(drill): pass  # milder\n")
    forged = hashlib.sha256((folder.inputs / "drill.py").read_bytes()).hexdigest()
    sums = folder.inputs / "SHA256SUMS"
    sums.write_text(f"{forged}  drill.py\n" + sums.read_text().splitlines()[1] + "\n")

    assert before.verdict == "PASS"
    assert broken(judge_folder(folder)) == ("check.evidence.changed", {"file": "inputs/SHA256SUMS"})


def forged_link(folder: RunFolder, name: str, t_ns: int) -> Chained:
    """What the record would say of the file as it is now."""
    raw = (folder.path / name).read_bytes()
    return Chained(t_ns=t_ns, files={name: (len(raw), hashlib.sha256(raw).hexdigest())})


@pytest.mark.parametrize("name", ["samples/media.telecom.bin", "load/viewers.jsonl"])
def test_a_link_that_was_appended_to_a_closed_record_excuses_no_change(synthetic_run, name: str) -> None:
    folder = synthetic_run(Story())
    raw = (folder.path / name).read_bytes()
    (folder.path / name).write_bytes(raw[: len(raw) // 2])
    entries = read_journal(folder.journal).entries
    folder.journal.write_bytes(chained_lines([*entries, forged_link(folder, name, entries[-1].t_ns + 1)]))

    result = judge_folder(folder)

    assert read_journal(folder.journal).first_bad_line == len(entries) + 1
    assert result.verdict == "INVALID"


def test_what_was_healed_later_may_follow_a_record_that_was_closed_before_that(synthetic_run) -> None:
    folder = synthetic_run(Story())
    *entries, closed = read_journal(folder.journal).entries
    assert isinstance(closed, Closed)
    broken = closed.model_copy(update={"all_healed": False})
    folder.journal.write_bytes(chained_lines([*entries, broken, closed]))

    assert read_journal(folder.journal).first_bad_line is None


@pytest.mark.parametrize("name", ["samples/media.telecom.bin", "load/viewers.jsonl"])
def test_every_link_of_a_file_counts_not_only_its_last(synthetic_run, name: str) -> None:
    folder = synthetic_run(Story())
    raw = (folder.path / name).read_bytes()
    entries = read_journal(folder.journal).entries
    place = next(index for index, entry in enumerate(entries) if isinstance(entry, Chained))
    half = Chained(
        t_ns=entries[place].t_ns, files={name: (len(raw) // 2, hashlib.sha256(raw[: len(raw) // 2]).hexdigest())}
    )
    folder.journal.write_bytes(chained_lines([*entries[:place], half, *entries[place:]]))
    honest = judge_folder(folder)
    half.files[name] = (len(raw) // 2, hashlib.sha256(b"other bytes at that time").hexdigest())
    folder.journal.write_bytes(chained_lines([*entries[:place], half, *entries[place:]]))
    forged = judge_folder(folder)

    assert honest.verdict == "PASS"
    assert forged.verdict == "INVALID"


@pytest.mark.parametrize("name", ["0003-ghost.json", "0003-ghost.closed.json"])
def test_an_undo_that_the_closed_record_does_not_know_is_found_and_named(synthetic_run, name: str) -> None:
    folder = synthetic_run(Story())
    (folder.undo / name).write_text("{}")

    assert {"file": f"undo/{name}"} in [each.said.facts for each in judge_folder(folder).validity if not each.ok]
