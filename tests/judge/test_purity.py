"""The judge reads a folder, and nothing else."""

import subprocess
import sys

from switchdrill_reports.judged.judge import judge_folder
from tests.judge.story import Story

PLATFORM_SIDE = (
    "switchdrill.probes", "switchdrill.load", "switchdrill.healing", "switchdrill.running",
    "switchdrill.machine.process", "switchdrill.machine.command", "switchdrill.machine.companion",
    "switchdrill_faults", "aiohttp", "av", "dns", "docker", "locust", "requests",
    "toxiproxy",
)  # fmt: skip


def test_judging_loads_nothing_that_could_reach_a_platform() -> None:
    script = "import sys, switchdrill_reports.judged.judge; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    loaded = done.stdout.split()

    assert "switchdrill_reports.judged.judge" in loaded
    assert [name for name in loaded if name.startswith(PLATFORM_SIDE)] == []


def test_judging_reads_no_clock(synthetic_run, monkeypatch) -> None:
    folder = synthetic_run(Story())

    def forbidden(*_arguments: object) -> int:
        raise AssertionError("the judge read a clock")

    monkeypatch.setattr("time.clock_gettime_ns", forbidden)
    monkeypatch.setattr("switchdrill.clock.now_ns", forbidden)
    monkeypatch.setattr("time.time", forbidden)

    assert judge_folder(folder).verdict == "PASS"
