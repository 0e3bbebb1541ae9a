"""A few megabytes held back in the run's folder, given up when the disk is full: the way home can still be told."""

import os
from contextlib import suppress
from pathlib import Path

BALLAST = "ballast"
SIZE = 8 * 1024 * 1024
FULL_DISK_BYTES = 256 * 1024
"""A disk with less room than this counts as full."""


class Ballast:
    """Reserve at the start, give up at the first full disk, drop at the end."""

    def __init__(self, folder: Path) -> None:
        """Reserve it. OSError when there is not even that much room: then no drill should start."""
        self._path = folder / BALLAST
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.posix_fallocate(descriptor, 0, SIZE)
        except OSError:
            self._path.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)

    def give_up(self) -> bool:
        """Make room; False when it was given up before."""
        there = self._path.exists()
        self._path.unlink(missing_ok=True)
        return there

    @property
    def is_given_up(self) -> bool:
        return not self._path.exists()


def is_full(folder: Path) -> bool:
    """Whether the disk that `folder` is on counts as full."""
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize < FULL_DISK_BYTES


def make_room(folder: Path) -> None:
    """On a full disk: give up what was held back for the way home, before anything needs it."""
    with suppress(OSError):
        if is_full(folder):
            (folder / BALLAST).unlink(missing_ok=True)
