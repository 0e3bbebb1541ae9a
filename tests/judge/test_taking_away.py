"""Taking evidence away never leads to a better verdict."""

import shutil
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchdrill.record.folder import RunFolder
from switchdrill_reports.judged.judge import judge_folder
from switchdrill_reports.result import Verdict
from tests.judge.nested import tell_nested
from tests.judge.story import RUN, Story
from tests.judge.synthetic import tell
from tests.judge.twice import relinked

STORIES = {
    "kept": Story(),
    "late": Story(detected_s=14.0, steered_s={"telecom": 15.1, "unicom": 19.5}),
    "noted": Story(deviation="a ledger could not be read"),
    "slow": Story(steered_s={"telecom": 6.4, "unicom": 21.0}),
    "never": Story(detected_s=None),
    "flaps while holding": Story(bad=(("telecom", 20.2, 20.7),)),
    "loses": Story(lost_gifts=3, lost_after_hold=True),
    "doubles": Story(duplicate_gifts=2),
    "diverges": Story(lost_gifts=3, lost_at_b=True),
    "splits": Story(a_takes_gifts=((26.0, 28.0),)),
    "splits, and nobody asks": Story(b_takes_gifts=((-5.0, 70.0),), asks_sites=False),
    "nobody asks": Story(asks_sites=False),
    "counted": Story(is_counted=True),
    "rule gone": Story(put_back=((14.0, 14.2, 14.5),)),
    "not healed": Story(heals=False),
    "no effect": Story(has_effect=False),
    "aborted": Story(aborted_s=15.0),
    "few viewers": Story(alive_share=0.9),
    "generator late": Story(late_ms=150),
    "runner lost": Story(runner_lost_s=15.0),
    "refused": Story(refused=True),
}
INSIDE = {
    "kept, inside a slow line": Story(),
    "late, inside a slow line": Story(detected_s=14.0, steered_s={"telecom": 15.1, "unicom": 19.5}),
    "slow, inside a slow line": Story(steered_s={"telecom": 6.4, "unicom": 21.0}),
    "never, inside a slow line": Story(detected_s=None),
    "loses, inside a slow line": Story(lost_gifts=3, lost_after_hold=True),
    "moved before, inside a slow line": Story(detected_s=-3.0, steered_s={"telecom": -2.5, "unicom": -2.2}),
    "aborted before, inside a slow line": Story(aborted_s=-2.0),
}
"""Lost while something else was broken."""
STORIES = {name: replace(story, every_ms=200) for name, story in (STORIES | INSIDE).items()}
UNCHAINED = {f"{name}, linked again": story for name, story in STORIES.items()}
"""What is taken away from these was never there: the record is made to fit."""
EVERY = STORIES | UNCHAINED
FOLDERS = ("samples", "load", "events", "ledgers", "undo")


def rank(verdict: Verdict | None) -> int:
    return {"PASS": 2, "PASS_WITH_DEVIATIONS": 1}.get(verdict or "", 0)


@cache
def told(name: str) -> tuple[Path, int]:
    """The folder of a story, and how good its verdict is; written once."""
    write = tell_nested if name.removesuffix(", linked again") in INSIDE else tell
    folder = write(EVERY[name], Path(tempfile.mkdtemp(prefix="switchdrill-test-")) / RUN)
    return folder.path, rank(judge_folder(folder).verdict)


@pytest.fixture(scope="module", autouse=True)
def _swept():
    yield
    for name in EVERY:
        shutil.rmtree(told(name)[0].parent, ignore_errors=True)
    told.cache_clear()


def files(path: Path) -> list[Path]:
    return sorted(each for each in path.rglob("*") if each.is_file())


def judged_without(name: str, change: "Change") -> tuple[int, int]:
    """(how good it was, how good it is after the change)."""
    source, before = told(name)
    with tempfile.TemporaryDirectory(prefix="switchdrill-test-") as scratch:
        copy = Path(scratch) / RUN
        shutil.copytree(source, copy)
        change.apply(copy)
        if name in UNCHAINED:
            relinked(RunFolder(copy))
        return before, rank(judge_folder(RunFolder(copy)).verdict)


class Change:
    """What is taken away."""

    def __init__(self, kind: str, which: float, seed: int) -> None:
        self.kind = kind
        self.which = which
        self.seed = seed

    def __repr__(self) -> str:
        return f"Change({self.kind!r}, {self.which}, {self.seed})"

    def apply(self, path: Path) -> None:
        random = Random(self.seed)
        among = files(path)
        if self.kind == "folder":
            shutil.rmtree(path / FOLDERS[int(self.which * len(FOLDERS))])
            return
        if self.kind in ("line", "tail"):
            among = [path / "run.jsonl"]
        elif self.kind == "rows":
            among = [each for each in among if each.suffix == ".bin"] or among
        file = among[int(self.which * len(among))]
        raw = file.read_bytes()
        if self.kind == "file":
            file.unlink()
        elif self.kind == "truncate":
            file.write_bytes(raw[: random.randrange(len(raw) + 1)])
        elif self.kind == "rows":
            rows = [raw[at : at + 80] for at in range(0, len(raw), 80)]
            first = random.randrange(len(rows) + 1)
            file.write_bytes(b"".join(rows[:first] + rows[first + random.randrange(1, 60) :]))
        elif self.kind == "line":
            lines = raw.splitlines(keepends=True)
            del lines[random.randrange(len(lines))]
            file.write_bytes(b"".join(lines))
        else:
            lines = raw.splitlines(keepends=True)
            file.write_bytes(b"".join(lines[: random.randrange(len(lines))]))


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(sorted(STORIES)),
    change=st.builds(
        Change,
        st.sampled_from(["file", "folder", "truncate", "rows", "line", "tail"]),
        st.floats(0, 0.999),
        st.integers(0, 1 << 32),
    ),
)
def test_taking_anything_away_never_improves_the_verdict(name: str, change: Change) -> None:
    before, after = judged_without(name, change)

    assert after <= before


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(UNCHAINED)),
    change=st.builds(
        Change, st.sampled_from(["file", "folder", "truncate", "tail"]), st.floats(0, 0.999), st.integers(0, 1 << 32)
    ),
)
def test_not_even_when_nothing_else_notices(name: str, change: Change) -> None:
    """Files that never were: what is missing must be missed by what it was needed for."""
    before, after = judged_without(name, change)

    assert after <= before


@pytest.mark.parametrize(
    "name",
    [
        "kept",
        "noted",
        "loses",
        "flaps while holding",
        "not healed",
        "loses, linked again",
        "kept, inside a slow line, linked again",
        "loses, inside a slow line, linked again",
    ],
)
def test_every_single_file_can_be_taken_away(name: str) -> None:
    source, before = told(name)
    count = len(files(source))
    for index in range(count):
        change = Change("file", index / count + 1e-9, 0)
        after = judged_without(name, change)[1]

        assert after <= before, files(source)[index].name


def test_an_empty_folder_is_incomplete_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / RUN).mkdir()

    assert judge_folder(RunFolder(tmp_path / RUN)).verdict == "INCOMPLETE"


def test_no_folder_at_all_is_incomplete_and_not_a_crash(tmp_path: Path) -> None:
    assert judge_folder(RunFolder(tmp_path / RUN)).verdict == "INCOMPLETE"


@pytest.mark.parametrize("name", ["plan.json", "run.jsonl", "load/viewers.jsonl", "ledgers/gifts.b.hold.json"])
@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"{", b"[" * 100_000, b"null\n", b'{"kind": "second"}\n', b'{"t_ns": NaN}\n']
)
def test_nonsense_in_any_file_never_passes_and_never_crashes(tmp_path: Path, name: str, body: bytes) -> None:
    folder = tell(Story(), tmp_path / RUN)
    (folder.path / name).write_bytes(body)

    result = judge_folder(folder)

    assert rank(result.verdict) == 0
    assert not [each for each in result.reasons if each.code == "reason.crashed"]
