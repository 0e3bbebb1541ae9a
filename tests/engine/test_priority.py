"""Whoever heals comes before a load that keeps the machine busy."""

import os
import subprocess
import sys

import pytest

SHOWN = "print(os.getpriority(os.PRIO_PROCESS, 0))"
IMPORTED = "import os; from switchdrill.machine.priority import come_first"
CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', 'import os; {SHOWN}'])"


def shown(*programs: str) -> list[str]:
    argv = [sys.executable, "-uc", "; ".join(programs)]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.needs_root
def test_what_it_starts_is_as_everybody() -> None:
    assert ["-10", "0"] == shown(IMPORTED, "come_first()", SHOWN, CHILD)


@pytest.mark.needs_root
def test_who_may_not_come_first_is_as_before() -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)

    assert [str(before)] == shown(IMPORTED, "os.setuid(65534)", "come_first()", SHOWN)
