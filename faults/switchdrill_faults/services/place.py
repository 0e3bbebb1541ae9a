"""A folder as a service sees it: looked at, filled, emptied. In a container by its own programs: sh, df, cat, rm."""

import errno
import os
import shlex
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from switchdrill.containers.engine import Helped
from switchdrill.errors import CouldNotStart
from switchdrill.text import _
from switchdrill.undo import Undo
from switchdrill_faults.docker import box

_PIECE = bytes(1 << 20)
_FILL_S = 30.0
_NOT_FOUND = (126, 127)
_SYSTEM = ("/dev", "/proc", "/sys", "/run", "/tmp", "/var", "/boot", "/home", "/root")  # noqa: S108  # to be kept out of


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Of the file system that a folder is on."""

    size: int
    free: int
    """Bytes that may still be written."""
    is_others: bool
    """Whether it is the one of `/`, or of the machine's own parts: then others would suffer."""


class Place(Protocol):
    """One folder of a service that runs. Everything raises CouldNotStart when it can't be done."""

    def space(self) -> Space: ...

    def has(self, name: str) -> bool: ...

    def fill(self, name: str) -> None:
        """Let this file grow until there is no room left."""
        ...

    def remove(self, name: str) -> None:
        """Fine when it is not there."""
        ...


def place(undo: Undo) -> Place:
    path = str(undo.facts["path"])
    return InContainer(box.read(undo)[0], path) if "boxes" in undo.facts else OnMachine(path)


class InContainer:
    """Through its engine, so its own mounts are meant."""

    def __init__(self, one: box.Box, path: str) -> None:
        self._box = one
        self._path = path

    def space(self) -> Space:
        lines = self._do(f"df -kP {shlex.quote(self._path)} && df -kP /").splitlines()
        (_device, size, _used, free, _share, mount), root = lines[1].split(None, 5), lines[3].split(None, 5)
        is_others = mount == "/" or (size, free) == (root[1], root[3])
        return Space(size=int(size) << 10, free=int(free) << 10, is_others=is_others)

    def has(self, name: str) -> bool:
        return self._run(f"test -e {self._file(name)}").code == 0

    def fill(self, name: str) -> None:
        # It ends with an error when there is no room left: that is what is wanted.
        said = self._run(f"cat /dev/zero >> {self._file(name)}")
        if said.code in _NOT_FOUND or "ermission" in said.said:
            raise self._not_done(said)

    def remove(self, name: str) -> None:
        self._do(f"rm -f {self._file(name)}")

    def _file(self, name: str) -> str:
        return shlex.quote(f"{self._path.rstrip('/')}/{name}")

    def _do(self, line: str) -> str:
        said = self._run(line)
        if said.code:
            raise self._not_done(said)
        return said.said

    def _run(self, line: str) -> Helped:
        return self._box.engine().execute(self._box.name, ["sh", "-c", line], within_s=_FILL_S)

    def _not_done(self, said: Helped) -> CouldNotStart:
        return CouldNotStart(
            _("container {name} did not do it").format(name=self._box.name),
            where=self._path,
            because=said.said or f"sh: {said.code}",
            now=_("its image needs sh, df, cat and rm"),
        )


class OnMachine:
    """A program's."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def space(self) -> Space:
        try:
            told = os.statvfs(self._path)
            where = self._path.resolve(strict=True)
            mount = next(each for each in (where, *where.parents) if each.is_mount())
        except OSError as problem:
            raise self._not_done(problem) from problem
        is_others = str(mount) == "/" or any(mount.is_relative_to(each) for each in _SYSTEM)
        return Space(size=told.f_blocks * told.f_frsize, free=told.f_bavail * told.f_frsize, is_others=is_others)

    def has(self, name: str) -> bool:
        return (self._path / name).exists()

    def fill(self, name: str) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            handle = os.open(self._path / name, flags, 0o600)
        except OSError as problem:
            if problem.errno == errno.ENOSPC:
                return
            raise self._not_done(problem) from problem
        try:
            self._grow(handle)
        finally:
            os.close(handle)

    def remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            (self._path / name).unlink()

    def _grow(self, handle: int) -> None:
        """In ever smaller pieces: the last byte counts."""
        size = len(_PIECE)
        while size:
            try:
                os.write(handle, _PIECE[:size])
            except OSError as problem:
                if problem.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise self._not_done(problem) from problem
                size //= 16

    def _not_done(self, problem: OSError) -> CouldNotStart:
        return CouldNotStart(
            _("the folder can't be filled"), where=str(self._path), because=problem.strerror or str(problem)
        )
