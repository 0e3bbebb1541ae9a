"""Files of a service, and programs run beside it: in its container, or on this machine."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from switchdrill.containers.engine import Held
from switchdrill.errors import CouldNotStart
from switchdrill.machine.command import run
from switchdrill.text import _
from switchdrill.undo import Undo
from switchdrill_faults.docker import box

_LIMIT_S = 10.0


class Files(Protocol):
    """SwitchdrillError, or OSError, for what can't be done."""

    def read(self, path: str) -> Held | None:
        """None when it is not there."""
        ...

    def write(self, path: str, held: Held) -> None: ...

    def remove(self, path: str) -> None:
        """Fine when it is not there."""
        ...

    def run(self, argv: Sequence[str]) -> None:
        """CouldNotStart, with its last words, when it ends with anything but 0."""
        ...


def files(undo: Undo) -> Files:
    return InContainer(box.read(undo)[0]) if "boxes" in undo.facts else OnMachine()


class InContainer:
    """Through its engine."""

    def __init__(self, one: box.Box) -> None:
        self._box = one

    def read(self, path: str) -> Held | None:
        return self._box.engine().read_file(self._box.name, path)

    def write(self, path: str, held: Held) -> None:
        self._box.engine().write_file(self._box.name, path, held)

    def remove(self, path: str) -> None:
        self.run(["rm", "-f", path])

    def run(self, argv: Sequence[str]) -> None:
        said = self._box.engine().execute(self._box.name, argv, within_s=_LIMIT_S)
        if said.code:
            raise _failed(argv, self._box.name, said.said or str(said.code))


class OnMachine:
    """A program's."""

    def read(self, path: str) -> Held | None:
        try:
            told = Path(path).stat()
            return Held(Path(path).read_bytes(), told.st_mode & 0o7777, told.st_uid, told.st_gid)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, path: str, held: Held) -> None:
        """Beside it first, so that nobody reads half of it."""
        beside = Path(f"{path}.new")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(held.content)
        if (held.uid, held.gid) != (os.geteuid(), os.getegid()):
            os.chown(beside, held.uid, held.gid)
        beside.chmod(held.mode)
        beside.replace(path)

    def remove(self, path: str) -> None:
        with suppress(FileNotFoundError):
            Path(path).unlink()

    def run(self, argv: Sequence[str]) -> None:
        ran = run(argv, limit_s=_LIMIT_S, cwd=Path("/"))
        if not ran.is_fine:
            raise _failed(argv, "", ran.last_words)


def _failed(argv: Sequence[str], where: str, because: str) -> CouldNotStart:
    return CouldNotStart(_("a command of the platform failed"), where=" ".join([*argv, where]), because=because)
