"""How a server process comes to life: on a port of its own, proven to be ours, and marked so that it is found again.

Every server carries the path of its record in its environment. So it is found when whoever started it died before the
record was written, and it can't be mistaken for somebody else's.
"""

import os
import secrets
from collections.abc import Collection, Iterator
from pathlib import Path

from switchdrill.clock import wait_until
from switchdrill.errors import CouldNotStart, DeadlinePassed
from switchdrill.machine import process
from switchdrill.machine.process import ProcessName
from switchdrill.platform.ports import is_listened_at, listens
from switchdrill.text import _
from switchdrill_faults.toxiproxy import records

MARK = "SWITCHDRILL_CARRIER"

_MARKED = f"{MARK}=".encode()
_START_S = 10.0
_PORTS_TRIED = 10
# Below the ephemeral range, which begins at 32768: an outgoing connection must not take the port while we restart.
_PORTS = range(20000, 32768)


def spawn(
    path: Path, *, binary: str, host: str, port: int | None, not_these: Collection[int]
) -> tuple[ProcessName, str]:
    """Start a server for the record at `path`: the process, and the URL of its API at `host`.

    The API gets `port` if that is free, else any that is, but none of `not_these`. Raises CouldNotStart;
    then nothing of it runs.
    """
    candidates = [each for each in _ports(port) if each not in not_these]
    for candidate in candidates:
        started = _started(path, binary, host, candidate)
        try:
            if _owns_api(started, host, candidate, path):
                return started, f"http://{f'[{host}]' if ':' in host else host}:{candidate}"
        except BaseException:  # whatever ends it: a server that nobody is told of would never be ended
            process.kill(started)
            raise
        process.kill(started)  # somebody was quicker: it would live on without an API
    raise CouldNotStart(
        _("no free port was found for Toxiproxy's API"),
        where=host,
        because=_("{count} ports were tried").format(count=len(candidates)),
    )


def marked(state: Path) -> Iterator[tuple[ProcessName, Path]]:
    """Every living server of the platform in `state`, and the record that it was started for."""
    for name in process.owned_by(state):
        try:
            environment = Path(f"/proc/{name.pid}/environ").read_bytes().split(b"\0")
        except OSError:  # gone meanwhile
            continue
        for each in environment:
            if each.startswith(_MARKED):
                yield name, Path(os.fsdecode(each.removeprefix(_MARKED)))


def _started(path: Path, binary: str, host: str, port: int) -> ProcessName:
    # At `warn` every connection that its client closes first is a line. The log is a file: with a pipe that nobody
    # reads the API stops.
    environment = {**os.environ, "LOG_LEVEL": "error", MARK: str(path)}
    argv = [binary, "-host", host, "-port", str(port)]
    try:
        return process.start_detached(
            argv, log=records.log_path(path), owner=records.state_of(path), cwd=Path("/"), env=environment
        )
    except OSError as problem:
        raise CouldNotStart(
            _("a Toxiproxy server can't be started"), where=binary, because=problem.strerror or str(problem)
        ) from problem


def _owns_api(started: ProcessName, host: str, port: int, path: Path) -> bool:
    """Wait until the process listens itself: an answer alone could come from somebody else's server on that port.

    False when another process took the port; CouldNotStart when it died, or does nothing.
    """

    def settled() -> str:
        if listens(started.pid, host, port):
            return "ours"
        if not process.is_running(started):
            return "dead"
        return "taken" if is_listened_at(host, port) and not listens(started.pid, host, port) else ""

    try:
        how = wait_until(settled, within_s=_START_S, every_s=0.003, what=_("the API of a new Toxiproxy server"))
    except DeadlinePassed:
        how = "silent"
    if how in ("ours", "taken"):
        return how == "ours"
    log = records.log_path(path)
    raise CouldNotStart(
        _("a Toxiproxy server did not come up"),
        where=f"{host}:{port}",
        because=_("it ended") if how == "dead" else _("it listens nowhere after {limit:g} s").format(limit=_START_S),
        now=_("read its log: {log}").format(log=log),
    )


def _ports(first: int | None) -> Iterator[int]:
    if first is not None:
        yield first
    yield from secrets.SystemRandom().sample(_PORTS, _PORTS_TRIED)
