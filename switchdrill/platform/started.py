"""What was started of a platform: processes and containers, and which of them have ended."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import reach
from switchdrill.errors import SwitchdrillError
from switchdrill.machine.process import ProcessName, is_running
from switchdrill.platform import program
from switchdrill.platform.model import Platform
from switchdrill.platform.service import PlacedContainer

GLANCE_S = 2.0
ALIVE = ("running", "paused", "restarting")
"""One that is paused is somebody's doing, and has not ended."""


class Started(BaseModel):
    """One service as it runs: a process with a log file, or a container."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    site: str | None = None
    process: ProcessName | None = None
    container: PlacedContainer | None = None
    log: str
    """A file, or the command that shows it."""
    record: str = ""
    """Of a process: the file that tells which one it is now, after somebody has started it again."""


def as_started(platform: Platform) -> list[Started]:
    """The containers of a platform, ours or not."""
    return [
        Started(
            name=service.name,
            site=service.site,
            container=service.container.placed,
            log=f"docker logs {service.container.placed.name}",
        )
        for service in platform.services
        if service.container is not None and service.container.placed is not None
    ]


def ended(started: Iterable[Started]) -> list[Started]:
    """Those that do not run any more; a container of an engine that does not answer is not known to."""
    listed = list(started)
    engines = {each.container.engine for each in listed if each.container is not None}
    states = {endpoint: _states(endpoint) for endpoint in engines}
    return [each for each in listed if _has_ended(each, states)]


def log_tail(started: Started, lines: int = 6) -> str | None:
    """The end of what it printed, for a message."""
    if started.container is None:
        return tail(Path(started.log), lines)
    try:
        return reach(started.container.engine).log(started.container.name, lines=lines) or None
    except SwitchdrillError:
        return None


def tail(log: Path, lines: int = 6) -> str | None:
    """The last lines of a file, for a message."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return None
    return "\n".join(text[-lines:]) or None


def _states(endpoint: Endpoint) -> dict[str, str] | None:
    try:
        return reach(endpoint).states(within_s=GLANCE_S)
    except SwitchdrillError:
        return None


def _has_ended(started: Started, states: dict[Endpoint, dict[str, str] | None]) -> bool:
    if started.container is not None:
        known = states[started.container.engine]
        return known is not None and known.get(started.container.name) not in ALIVE
    if started.process is None or is_running(started.process):
        return False
    return not (started.record and program.is_running_again(Path(started.record)))
