import errno
import json
import os

import pytest

from switchdrill.errors import RecordLost
from switchdrill.record import journal as journal_module
from switchdrill.record.ballast import Ballast
from switchdrill.record.entries import Began, Closed, Ended
from switchdrill.record.journal import Journal, read_journal


@pytest.fixture
def three(tmp_path):
    path = tmp_path / "run.jsonl"
    journal = Journal(path)
    for number in range(3):
        journal.write(Began(t_ns=number, part=f"part-{number}"))
    journal.close()
    return path


def test_what_is_written_reads_back_in_order(three):
    reading = read_journal(three)

    assert None is reading.first_bad_line
    assert ["part-0", "part-1", "part-2"] == [entry.part for entry in reading.entries]


@pytest.mark.parametrize("line", [1, 2, 3])
def test_a_changed_line_breaks_the_chain_at_the_line_after_it_or_at_itself(three, line):
    lines = three.read_text().splitlines()
    body = json.loads(lines[line - 1])
    body["part"] = "forged"
    lines[line - 1] = json.dumps(body, separators=(",", ":"))
    three.write_text("\n".join(lines) + "\n")

    # The last line has no successor: its change is seen by the digest that the report carries, not by the chain.
    assert (line + 1 if line < 3 else None) == read_journal(three).first_bad_line


def test_a_missing_line_breaks_the_chain(three):
    lines = three.read_text().splitlines(keepends=True)
    three.write_text("".join(lines[:1] + lines[2:]))

    assert 2 == read_journal(three).first_bad_line


def test_a_torn_last_line_is_cut_off_by_whoever_takes_over(three):
    with three.open("ab") as torn:
        torn.write(b'{"seq":3,"prev":"ab')
    journal, cut = Journal.take_over(three)
    journal.write(Closed(t_ns=9, by="healer", all_healed=True))
    journal.close()
    reading = read_journal(three)

    assert 19 == cut
    assert None is reading.first_bad_line
    assert 4 == len(reading.entries)


def test_a_full_disk_costs_the_drill_but_not_its_record(tmp_path, monkeypatch):
    ballast = Ballast(tmp_path)
    journal = Journal(tmp_path / "run.jsonl", ballast=ballast)
    journal.write(Began(t_ns=1, part="load"))
    real = os.write

    def full(descriptor, data):
        if not ballast.is_given_up:
            real(descriptor, data[:5])
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data)

    monkeypatch.setattr(journal_module.os, "write", full)
    with pytest.raises(RecordLost, match="No space left on device"):
        journal.write(Ended(t_ns=2, part="load", reached=False))
    journal.write(Closed(t_ns=3, by="runner", all_healed=True))
    journal.close()
    reading = read_journal(tmp_path / "run.jsonl")

    assert None is reading.first_bad_line
    assert ["began", "ended", "closed"] == [entry.kind for entry in reading.entries]


def test_a_journal_that_was_never_written_is_empty_not_an_error(tmp_path):

    assert [] == read_journal(tmp_path / "none.jsonl").entries


@pytest.mark.parametrize("when", ["before the line is on disk", "after it is"])
def test_a_ctrl_c_in_the_middle_of_a_record_is_heard_after_it(tmp_path, monkeypatch, when):
    """It comes as an exception, at any instruction: the line is whole, once, and the next one follows it."""
    path = tmp_path / "run.jsonl"
    journal = Journal(path)
    fsync, came = os.fsync, []

    def interrupted(descriptor):
        if when == "after it is":
            fsync(descriptor)
        if not came:
            came.append(True)
            raise KeyboardInterrupt
        fsync(descriptor)

    monkeypatch.setattr(journal_module.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        journal.write(Began(t_ns=1, part="fault"))
    journal.write(Ended(t_ns=2, part="fault", reached=False))
    journal.close()
    reading = read_journal(path)

    assert reading.first_bad_line is None
    assert ["began", "ended"] == [entry.kind for entry in reading.entries]
