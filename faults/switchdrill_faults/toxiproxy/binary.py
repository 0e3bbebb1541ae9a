"""A Toxiproxy server as a file: it counts only when it really runs and says what it is."""

import hashlib
import os
import re
from pathlib import Path

from switchdrill.machine.command import run
from switchdrill.text import _
from switchdrill_faults.toxiproxy.rung import OLDEST, RungFailed, one_line

_SAYS = re.compile(r"^toxiproxy-server version (\S+)$", re.MULTILINE)
_NUMBERED = re.compile(r"v?(\d+)\.(\d+)")
_LIMIT_S = 10.0


def version_of(binary: Path) -> str:
    """The version that `binary` states when it is run; `git` for one that `go install` built.

    Raises RungFailed when it is missing, does not run, is something else, or is too old.
    """
    if not binary.is_file():
        raise RungFailed(_("{path} is not a file").format(path=binary))
    if not os.access(binary, os.X_OK):
        raise RungFailed(_("{path} is not executable").format(path=binary))
    try:
        ran = run([str(binary), "-version"], limit_s=_LIMIT_S)
    except OSError as problem:
        raise RungFailed(_("{path} does not run: {why}").format(path=binary, why=problem.strerror)) from problem
    found = _SAYS.search(ran.said)
    if ran.code is None:
        raise RungFailed(_("{path} -version did not end within {limit:g} s").format(path=binary, limit=_LIMIT_S))
    if not ran.is_fine or found is None:
        raise RungFailed(
            _("{path} is no Toxiproxy server: -version ended with {code} and said {said!r}").format(
                path=binary, code=ran.code, said=one_line(ran.said, limit=120)
            )
        )
    check_age(found[1])
    return found[1]


def check_age(version: str) -> None:
    """RungFailed when a numbered version is older than what the adapter speaks to; `git` says nothing and passes."""
    numbers = _NUMBERED.match(version)
    if numbers is not None and (int(numbers[1]), int(numbers[2])) < OLDEST:
        raise RungFailed(
            _("it is version {version}; {oldest} or newer is needed").format(
                version=version, oldest=".".join(map(str, OLDEST))
            )
        )


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
