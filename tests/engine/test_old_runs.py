"""`--keep`: what a nightly job may throw away."""

from pathlib import Path

from switchdrill.record.entries import Began, Closed, Entry
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import Journal
from switchdrill.running.old_runs import keep_newest

BEGAN, CLOSED = Began(t_ns=1, part="platform"), Closed(t_ns=2, by="runner", all_healed=True)
BROKEN = Closed(t_ns=2, by="runner", all_healed=False)


def run(runs: Path, name: str, *entries: Entry) -> None:
    folder = RunFolder(runs / name)
    folder.make()
    folder.plan.write_text("{}", encoding="utf-8")
    journal = Journal(folder.journal)
    for entry in entries:
        journal.write(entry)
    journal.close()


def left(runs: Path) -> list[str]:
    return sorted(path.name for path in runs.iterdir())


def test_the_newest_stay(tmp_path: Path) -> None:
    for name in ("1", "2", "3"):
        run(tmp_path, name, BEGAN, CLOSED)

    assert ["1"] == [path.name for path in keep_newest(tmp_path, 2)]
    assert ["2", "3"] == left(tmp_path)


def test_one_that_did_not_begin_pushes_no_other_out(tmp_path: Path) -> None:
    run(tmp_path, "1", CLOSED)
    run(tmp_path, "2", BEGAN, CLOSED)
    run(tmp_path, "3", BEGAN, CLOSED)
    run(tmp_path, "4", CLOSED)
    keep_newest(tmp_path, 1)

    assert ["3", "4"] == left(tmp_path)


def test_what_is_broken_open_or_not_a_run_stays(tmp_path: Path) -> None:
    run(tmp_path, "1", BEGAN, BROKEN)
    run(tmp_path, "2", BEGAN)
    (tmp_path / "notes").mkdir()
    run(tmp_path, "3", BEGAN, CLOSED)
    run(tmp_path, "4", BEGAN, CLOSED)
    keep_newest(tmp_path, 1, never=[tmp_path / "3"])

    assert ["1", "2", "3", "4", "notes"] == left(tmp_path)
