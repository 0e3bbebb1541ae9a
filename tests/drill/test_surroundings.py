"""Where and by whom it is started: a window that is closed, a shell that is killed, odd folders, other variables."""

import fcntl
import json
import os
import pty
import select
import shlex
import signal
import subprocess
import termios
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from switchdrill.clock import pause, wait_until
from switchdrill.machine.process import freeze, is_running, name_of
from tests.drill.conftest import (
    FOR_A_WHILE,
    HOLD,
    ROOT,
    UNTIL_SOMEBODY_ACTS,
    Run,
    as_from_a_terminal,
    environment,
    quick_run,
    starting,
)


class Window:
    """A terminal's other side: somebody types, and looks."""

    def __init__(self, leader: int) -> None:
        self._leader = leader
        self._is_open = threading.Event()
        self._is_open.set()
        self._is_looked_at = threading.Event()
        self._is_looked_at.set()
        self._looking = threading.Thread(target=self._look)
        self._looking.start()

    def type(self, text: str) -> None:
        os.write(self._leader, text.encode())

    def close(self) -> None:
        """May be repeated."""
        self._is_open.clear()
        self._looking.join(10)

    def stop_looking(self) -> None:
        """It stays open, and nobody reads what comes."""
        self._is_looked_at.clear()

    def _look(self) -> None:
        while self._is_open.is_set():
            ready, _writable, _exceptional = select.select([self._leader], [], [], 0.05)
            if ready and not self._is_looked_at.is_set():
                pause(0.05)
            elif ready:
                os.read(self._leader, 4096)
        os.close(self._leader)


@pytest.fixture
def window(standing, tmp_path):
    """A window with a shell in it, where somebody has typed `switchdrill run ...`: (the window, the run)."""
    leader, follower = pty.openpty()

    def take_terminal():
        as_from_a_terminal()
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    shell = subprocess.Popen(
        ["sh", "-i"],
        env=environment(standing.state), cwd=ROOT, stdin=follower, stdout=follower, stderr=follower,
        preexec_fn=take_terminal,
    )  # fmt: skip
    os.close(follower)
    run = Run(standing=standing, runs=tmp_path / "runs", child=shell)
    drill = f"site_loss.py::{UNTIL_SOMEBODY_ACTS}[stall]"
    window = Window(leader)
    window.type(f"{shlex.join(quick_run(standing.pair, drill, runs=run.runs, platform=standing.platform.id))}\n")
    yield window, run
    window.close()
    run.clean_up()


def test_a_window_that_is_closed_leaves_nothing_broken_and_a_report(window, standing):
    window, run = window
    run.wait_for(**HOLD)
    runner = name_of(run.runner())
    window.close()
    run.child.wait(30)
    wait_until(lambda: not is_running(runner), within_s=60, what="the runner's end")

    assert standing.is_whole() == ""
    assert run.has(kind="cut", why="interrupted")
    assert run.has(kind="closed", by="runner", all_healed=True)
    assert run.result()["verdict"] in ("INCOMPLETE", "INVALID")
    assert (run.folder / "report.zh.html").exists()


def test_a_drill_that_nobody_reads_or_waits_for_goes_on_to_its_end(start, standing):
    run = start(through='"$@" 2>&1 | head -1')
    run.wait_for(**HOLD)
    runner = name_of(run.runner())
    run.child.kill()
    wait_until(lambda: not is_running(runner), within_s=60, what="the runner's end")

    assert standing.is_whole() == ""
    assert run.has(kind="ended", part="control", reached=True)
    assert run.has(kind="closed", by="runner", all_healed=True)
    assert (run.folder / "report.zh.html").exists()


def test_a_log_that_is_full_changes_nothing_of_how_it_ends(start):
    run = start(through='exec "$@" >/dev/full 2>&1')
    code, _said = run.end()

    assert code == 2, "INCOMPLETE: the quick drill waits for no switch"
    assert run.has(kind="closed", by="runner", all_healed=True)
    assert (run.folder / "report.en.html").exists()


def test_a_terminal_that_takes_no_more_words_keeps_nothing_broken(window, standing):
    """Ctrl-S, or a hung ssh: whoever writes to it waits. Then Ctrl-C, which the terminal does take."""
    window, run = window
    run.wait_for(**HOLD)
    window.stop_looking()
    window.type("\x13")
    pause(1.0)
    os.kill(run.runner(), signal.SIGTERM)
    healed_s = standing.wait_whole(within_s=30)

    assert healed_s < 5
    wait_until(lambda: run.has(kind="closed", by="runner", all_healed=True), within_s=30, what="the record's end")
    wait_until((run.folder / "report.zh.html").exists, within_s=60, what="the report")


@pytest.fixture(scope="module")
def pestered(standing, tmp_path_factory):
    """(a drill to which all happened that may change nothing, (its exit code, its words), what stood around it).

    It is started elsewhere, its runs behind a link, in a folder with spaces and 汉字, by a worker of pytest-xdist,
    under nohup. While it holds, its terminal is lost, and it is stopped for a moment.
    """
    folder = tmp_path_factory.mktemp("pestered")
    around = Around(elsewhere=folder / "else where", runs=folder / "演练 runs")
    around.elsewhere.mkdir()
    around.runs.mkdir()
    link = folder / "链接 link"
    link.symlink_to(around.runs)
    worker = {"PYTEST_XDIST_WORKER": "gw1", "PYTEST_XDIST_WORKER_COUNT": "4"}
    with starting(standing, folder) as start:
        drill = f"{FOR_A_WHILE}[fast_fail]"
        run = start(drill, runs=link, cwd=around.elsewhere, through='exec nohup "$@"', **worker)
        run.wait_for(**HOLD)
        runner = name_of(run.runner())
        assert runner is not None
        os.kill(runner.pid, signal.SIGHUP)
        freeze(runner)
        os.kill(runner.pid, signal.SIGCONT)
        return run, run.end(), around


@dataclass(frozen=True, kw_only=True)
class Around:
    """Folders."""

    elsewhere: Path
    runs: Path


def test_nohup_means_that_a_lost_terminal_ends_nothing(pestered):
    run, _ended, _around = pestered

    assert run.has(kind="ended", part="control", reached=True)
    assert not run.has(kind="cut")


def test_a_short_stop_does_no_harm(pestered):
    run, _ended, _around = pestered

    assert run.has(kind="healed", fault="site-loss", by="runner", why="done", ok=True)
    assert not run.has(kind="cut")


def test_odd_folders_and_a_parallel_pytest_around_it_change_nothing(pestered):
    run, (code, said), around = pestered
    opened = json.loads((run.folder / "run.jsonl").read_bytes().splitlines()[0])

    assert code == 2, said
    assert "Healed          yes, and proven" in said
    assert str(around.runs) in said
    assert [around.runs / str(opened["run"])] == list(around.runs.iterdir())
    assert list(around.elsewhere.iterdir()) == []
    assert run.has(kind="closed", by="runner", all_healed=True)
