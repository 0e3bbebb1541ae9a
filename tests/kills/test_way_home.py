"""What a run says and leaves when its fault hit nothing, when it can't be healed, when all that heals it is gone."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from switchdrill.clock import wait_until
from tests.kills.ground import Ground, image_of, local_engine, standing

pytestmark = [pytest.mark.needs_docker, pytest.mark.needs_root]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    name, engine = f"switchdrill-home-{os.getpid()}", local_engine()
    with image_of(engine, name) as image, standing(name, tmp_path_factory.mktemp("home"), engine, image) as ground:
        yield ground


@pytest.fixture
def runs(ground: Ground) -> Iterator[Path]:
    """Where runs go; whole and empty again afterwards."""
    yield ground.runs
    assert "" == ground.is_not_whole()
    wait_until(lambda: not ground.left_behind(), within_s=30, what="nothing left", saw=ground.left_behind)
    shutil.rmtree(ground.runs, ignore_errors=True)


def end(child: "subprocess.Popen[bytes]", log: Path) -> tuple[int, str]:
    return child.wait(timeout=120), log.read_text(encoding="utf-8")


def wait_for(runs: Path, *words: str) -> Path:
    """The folder of the run whose record holds `words` in one line."""

    def found() -> Path | None:
        for journal in runs.glob("*/run.jsonl"):
            if any(all(word in line for word in words) for line in journal.read_text(encoding="utf-8").splitlines()):
                return journal.parent
        return None

    return wait_until(found, within_s=60, every_s=0.01, what=f"a record with {words}")


def verdict(folder: Path) -> str:
    return str(json.loads((folder / "run.json").read_text(encoding="utf-8"))["verdict"])


def test_a_fault_that_hit_nothing_makes_the_run_invalid_and_it_says_why(
    ground: Ground, runs: Path, tmp_path: Path
) -> None:
    code, said = end(ground.start("test_it_hits_nothing", tmp_path / "log"), tmp_path / "log")

    assert 2 == code, said
    assert "fault link-blackhole has no effect on link a.unused--viewers" in said
    assert "INVALID" == verdict(next(runs.iterdir()))
    assert "" == ground.tables()


def test_a_container_that_somebody_removes_in_mid_fault_is_exit_4_with_the_command_that_mends_it(
    ground: Ground, runs: Path, tmp_path: Path
) -> None:
    child = ground.start("test_its_container_is_frozen_for_a_moment", tmp_path / "log")
    folder = wait_for(runs, '"part":"hold"')
    ground.engine.remove(ground.name)
    code, said = end(child, tmp_path / "log")

    assert 4 == code, said
    assert f"container {ground.name} was removed by somebody" in said.replace("\n", " ")
    assert f"switchdrill heal {folder}" in said
    assert "FAIL" == verdict(folder)
    ground.make_box()
    assert 0 == ground.switchdrill("heal", "--all").returncode
    wait_until(lambda: not ground.box(), within_s=10, what="the box", saw=ground.box)


def test_the_next_run_finds_by_its_lock_what_died_together_with_its_healer_and_its_state_folder(
    ground: Ground, runs: Path, tmp_path: Path
) -> None:
    """As a CI job's container does, whose workspace stays."""
    child = ground.start("test_it_is_broken_until_somebody_acts", tmp_path / "log")
    first = wait_for(runs, '"part":"hold"')
    healers = ground.healers()
    for each in [child.pid, *healers]:
        os.kill(each, signal.SIGSTOP)
    for each in [child.pid, *healers]:
        os.kill(each, signal.SIGKILL)
    child.wait()
    shutil.rmtree(ground.state / "switchdrill" / "open")
    with suppress(FileNotFoundError):
        shutil.rmtree(ground.state / "switchdrill" / "locks")
    assert "" != ground.is_not_whole()
    second = ground.start("test_it_is_broken_for_a_moment[toxiproxy-killed]", tmp_path / "log")
    _code, said = end(second, tmp_path / "log")

    assert f"run {first.name} was left open; everything of it is healed now" in said.replace("\n", " ")
    assert "" == ground.is_not_whole()
    assert '"why":"sweep"' in (first / "run.jsonl").read_text(encoding="utf-8")
