"""Runs part of a test as a user who may use Docker and nothing else: no root, no packet filter of this host."""

import subprocess
import sys
import textwrap
from pathlib import Path

from switchdrill.containers.endpoint import Endpoint

_DROPPED = """
import encodings.idna, os, sys
from switchdrill.fault import catalogue; catalogue()
from switchdrill.undo import Undo
from switchdrill.platform.model import Platform
from switchdrill_faults import *
from switchdrill_faults.packets import way
import switchdrill_faults.toxiproxy.lent, switchdrill.text
switchdrill.text._("warm")
os.setgroups([{group}]); os.setgid(65534); os.setuid(65534); os.environ["HOME"] = "/nonexistent"
"""


def as_nobody(program: str, *arguments: str) -> str:
    """What `program` printed; it finds its arguments in `sys.argv[1:]`. As root this process stays what it is."""
    path = Endpoint().resolved().removeprefix("unix://")
    head = _DROPPED.format(group=Path(path).stat().st_gid)
    done = subprocess.run(
        [sys.executable, "-c", head + textwrap.dedent(program), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout.strip()
