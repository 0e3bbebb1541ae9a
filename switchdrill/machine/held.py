"""One process at a time: a lock that the kernel gives back when its holder dies."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from switchdrill.clock import NS_PER_S, now_ns, pause
from switchdrill.errors import DeadlinePassed
from switchdrill.text import _


@contextmanager
def held(path: Path, *, within_s: float, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock at `path`; `on_wait` is called once when somebody else has it. DeadlinePassed after `within_s`."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(handle, path, within_s, on_wait)
        yield
    finally:
        os.close(handle)


def _take(handle: int, path: Path, within_s: float, on_wait: Callable[[], None]) -> None:
    deadline = now_ns() + int(within_s * NS_PER_S)
    waited = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if now_ns() >= deadline:
                raise DeadlinePassed(
                    _("another process did not give a lock back within {seconds:g} s").format(seconds=within_s),
                    where=str(path),
                    now=_("see who holds it with:  fuser -v {path}").format(path=path),
                ) from None
        else:
            return
        if not waited:
            on_wait()
            waited = True
        pause(0.05)
