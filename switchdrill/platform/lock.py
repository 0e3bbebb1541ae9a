"""One drill a platform: a lock file with its holder's name, held by the runner and, when that dies, by its healer."""

import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from switchdrill.errors import CouldNotStart
from switchdrill.machine.process import user_name
from switchdrill.state import state_home, tidy
from switchdrill.text import _


@dataclass(frozen=True, slots=True)
class PlatformLock:
    """Held as long as one process has `descriptor` open; give it to the healer so that it outlives the runner."""

    path: Path
    descriptor: int

    def release(self) -> None:
        """Let go, and remove the file."""
        with suppress(OSError):
            self.path.unlink()
        with suppress(OSError):
            os.close(self.descriptor)
        tidy()


def try_lock(platform: str, holder: str) -> tuple[PlatformLock | None, str]:
    """The lock, or None and who holds it. CouldNotStart when its folder can't be used."""
    path = state_home() / "locks" / f"{platform}.lock"
    try:
        return _tried(path, holder)
    except OSError as problem:
        raise CouldNotStart(
            _("the platform can't be locked, so nothing was started"),
            where=str(path),
            because=problem.strerror or str(problem),
            now=_("make that folder writable, or set XDG_STATE_HOME to one that is"),
        ) from problem


def remove_free() -> None:
    """Remove the files of locks that nobody holds: their holders were killed. Who is just taking one takes it anew."""
    for path in sorted((state_home() / "locks").glob("*.lock")):
        lock, _held_by = try_lock(path.stem, "clearing up")
        if lock is not None:
            lock.release()


def _tried(path: Path, holder: str) -> tuple[PlatformLock | None, str]:
    for _attempt in range(5):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        except FileNotFoundError:
            continue  # somebody tidied the folder away between the two calls
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held_by = os.read(descriptor, 500).decode(errors="replace").strip()
            os.close(descriptor)
            return None, held_by or _("unknown")
        if _still_there(path, descriptor):
            lock = PlatformLock(path, descriptor)
            try:
                os.ftruncate(descriptor, 0)
                os.write(descriptor, f"{holder} (user {user_name()}, process {os.getpid()})".encode())
            except OSError:
                lock.release()
                raise
            return lock, ""
        os.close(descriptor)
    return None, _("a drill that is just ending")


def _still_there(path: Path, descriptor: int) -> bool:
    """A holder removes the file before it lets go: then we hold a lock on nothing, and must try again."""
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False
