"""The server that an earlier run came by: a file in the user's cache, and beside it its recorded sha256.

The record is the commit point: the binary is written under a name made of its digest, then the record is renamed into
place. Whoever reads sees the old pair or the new one.
"""

import os
import platform
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from switchdrill.machine.files import write_whole
from switchdrill.machine.held import held
from switchdrill.text import _
from switchdrill_faults.toxiproxy.binary import sha256_of, version_of
from switchdrill_faults.toxiproxy.rung import VERSION, RungFailed, Say

_WORK = "work-"
_LONGEST_PROVISION_S = 900.0


class Cached(BaseModel):
    """What the record says of the binary beside it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    sha256: str
    version: str
    source: str
    """Which rung made it, in one line."""


def folder() -> Path:
    """`$XDG_CACHE_HOME/switchdrill/toxiproxy/<version>-<system>-<machine>`; RungFailed when there is no home."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    try:
        # A relative XDG_CACHE_HOME is to be ignored, says the XDG specification.
        root = Path(named) if Path(named).is_absolute() else Path.home() / ".cache"
    except RuntimeError as problem:
        raise RungFailed(_("there is no home folder for a cache: {why}").format(why=problem)) from problem
    return root / "switchdrill" / "toxiproxy" / f"{VERSION}-{platform.system().lower()}-{platform.machine()}"


def find() -> tuple[Path, Cached]:
    """The cached server, held against its recorded sha256 and run once. RungFailed without one, or when it changed."""
    record = folder() / "installed.json"
    if not record.is_file():
        raise RungFailed(_("nothing in {folder} yet").format(folder=record.parent))
    try:
        cached = Cached.model_validate_json(record.read_bytes())
    except (OSError, ValidationError) as problem:
        raise RungFailed(_("{path} can't be read").format(path=record)) from problem
    binary = record.parent / Path(cached.file).name
    if not binary.is_file():
        raise RungFailed(_("{path} is missing").format(path=binary))
    actual = sha256_of(binary)
    if actual != cached.sha256:
        raise RungFailed(
            _("{path} was changed: its sha256 is {actual}, recorded is {recorded}").format(
                path=binary, actual=actual[:16], recorded=cached.sha256[:16]
            )
        )
    version_of(binary)
    return binary, cached


def install(made: Path, *, source: str) -> tuple[Path, Cached]:
    """Put a freshly made server into the cache; RungFailed when it does not run. Hold the workshop while you do."""
    made.chmod(0o755)
    version = version_of(made)
    digest = sha256_of(made)
    target = folder() / f"toxiproxy-server-{digest[:16]}"
    made.rename(target)
    cached = Cached(file=target.name, sha256=digest, version=version, source=source)
    write_whole(folder() / "installed.json", cached.model_dump_json(indent=1).encode() + b"\n")
    return target, cached


@contextmanager
def workshop(say: Say) -> Iterator[Path]:
    """A scratch folder below the cache, for one process at a time; gone afterwards, with everything in it."""
    home = folder()
    home.mkdir(parents=True, exist_ok=True)

    def waiting() -> None:
        say(_("another process is providing Toxiproxy; waiting for it ..."))

    with held(home / "lock", within_s=_LONGEST_PROVISION_S, on_wait=waiting):
        for left_over in home.glob(_WORK + "*"):  # of a process that was killed: nobody else holds the lock
            _remove(left_over)
        work = Path(tempfile.mkdtemp(prefix=_WORK, dir=home))
        try:
            yield work
        finally:
            _remove(work)


def _remove(tree: Path) -> None:
    """Remove a folder, read-only ones of a Go module cache included."""
    for parent, _folders, _files in os.walk(tree):
        Path(parent).chmod(stat.S_IRWXU)
    shutil.rmtree(tree, ignore_errors=True)
