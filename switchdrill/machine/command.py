"""Commands that end: a program that is waited for has a time limit, and takes its children with it."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_KEPT_BYTES = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended."""

    code: int | None
    """None: its time limit passed, and it was killed with all its children."""
    said: str
    """The end of what it wrote, standard output and error together."""

    @property
    def is_fine(self) -> bool:
        return self.code == 0

    @property
    def last_words(self) -> str:
        """The last two lines it wrote, as one."""
        lines = [line.strip() for line in self.said.splitlines() if line.strip()]
        return " / ".join(lines[-2:])


def run(argv: Sequence[str], *, limit_s: float, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Ran:
    """Run a command to its end, at most `limit_s`. OSError when it can't be started.

    It runs in a session of its own, so that a time limit (or Ctrl-C here) ends what it started as well.
    """
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=None if env is None else dict(env),
            start_new_session=True,
        )
        code: int | None
        try:
            code = child.wait(timeout=limit_s)
        except subprocess.TimeoutExpired:
            _kill_group(child)
            code = None
        except BaseException:  # Ctrl-C, or the drill's end: the command does not outlive us
            _kill_group(child)
            raise
        size = output.seek(0, os.SEEK_END)
        output.seek(max(0, size - _KEPT_BYTES))
        return Ran(code=code, said=output.read().decode("utf-8", errors="replace"))


def path_of(program: str) -> str:
    """Where it is; /usr/sbin is not on everybody's PATH. Empty: nowhere."""
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin") or ""


def _kill_group(child: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:  # ended between the limit and the signal
        pass
    child.wait()
