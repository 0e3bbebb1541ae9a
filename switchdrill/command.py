"""Run one of the platform's own commands (failback, fence, steer, reset), timed and bounded."""

import subprocess
from dataclasses import dataclass

from switchdrill.clock import now_ns
from switchdrill.text import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of it. `code` 124: it was ended because its time was up; 127: it could not be started."""

    argv: list[str]
    before_ns: int
    after_ns: int
    code: int
    said: str


def run(argv: list[str], *, site: str, within_s: float) -> Ran:
    """Run `argv` with `{site}` filled in; its output's last lines become `said`."""
    filled = [part.replace("{site}", site) for part in argv]
    before_ns = now_ns()
    try:
        done = subprocess.run(
            filled, stdin=subprocess.DEVNULL, capture_output=True, timeout=within_s, check=False, text=True
        )
        code, said = done.returncode, (done.stdout + done.stderr).strip()
    except subprocess.TimeoutExpired:
        code, said = 124, _("not done within {seconds:g} s").format(seconds=within_s)
    except OSError as problem:
        code, said = 127, str(problem.strerror)
    return Ran(argv=filled, before_ns=before_ns, after_ns=now_ns(), code=code, said="\n".join(said.splitlines()[-5:]))
