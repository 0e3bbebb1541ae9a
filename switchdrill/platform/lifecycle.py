"""Start and stop a platform's processes: black boxes with an argv and a way to see that they are up."""

import http.client
import socket
from pathlib import Path
from urllib.parse import urlsplit

import dns.exception
import dns.message
import dns.query
from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from switchdrill.carrier import Rung, carrier
from switchdrill.clock import NS_PER_S, now_ns, pause
from switchdrill.errors import CouldNotHeal, CouldNotStart, SwitchdrillError
from switchdrill.machine.process import ProcessName, end_all, is_running, owned_by, start_detached
from switchdrill.platform.address import split_endpoint
from switchdrill.platform.model import Platform
from switchdrill.platform.service import Ready, Service
from switchdrill.text import _
from switchdrill.undo import Undo

PLATFORM_KIND = "platform"
ASK_TIMEOUT_S = 0.5


class Started(BaseModel):
    """One service as it runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    process: ProcessName
    log: str


def undo_of(*, state: Path | None, run: Path | None) -> Undo:
    """The way home for everything that a run, or `up`, starts; written before the first process is."""
    owners = [str(owner) for owner in (state, run) if owner is not None]
    return Undo(
        kind=PLATFORM_KIND,
        target="the platform's processes" if state is not None else "the run's helpers",
        says="ends every process that was started for {owners}".format(owners=", ".join(owners)),
        facts={"state": "" if state is None else str(state), "owners": owners},
    )


def start_platform(platform: Platform, rung: Rung | None) -> list[Started]:
    """Start the Toxiproxy servers and then every service that has a `run`; returns when all are ready.

    Raises CouldNotStart, with the end of the log, for the first service that dies or is not ready in time. What was
    started until then keeps running: the undo ends it.
    """
    state = Path(platform.state or "")
    state.mkdir(parents=True, exist_ok=True)
    write_resolved(platform, state / "platform.yaml")
    if rung is not None:
        carrier().start(platform, state, rung)
    started = [
        Started(name=service.name, process=_spawn(service, state), log=str(_log(service, state)))
        for service in platform.services
        if service.run
    ]
    wait_until_ready(platform, started)
    return started


def write_resolved(platform: Platform, path: Path) -> None:
    """The platform as it runs, as a file that people and its own services can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = YAML(typ="rt")  # the one that keeps the order of keys
    writer.allow_unicode = True
    with path.open("w", encoding="utf-8") as out:
        writer.dump(platform.model_dump(mode="json", by_alias=True, exclude_none=True), out)


def wait_until_ready(platform: Platform, started: list[Started]) -> None:
    """Wait for every service's own sign that it is up. CouldNotStart when one is not, in its time."""
    begun = now_ns()
    running = {each.name: each for each in started}
    waiting = [service for service in platform.services if service.ready is not None]
    while waiting:
        for each in started:  # also those that have no sign of their own: another may wait for what they do
            if not is_running(each.process):
                raise CouldNotStart(
                    _("service {name} ended right after its start").format(name=each.name),
                    where=each.log,
                    because=tail(Path(each.log)),
                )
        for service in list(waiting):
            own = running.get(service.name)
            if service.ready is not None and is_ready(service.ready):
                waiting.remove(service)
            elif service.ready is not None and now_ns() - begun > service.ready.within:
                raise CouldNotStart(
                    _("service {name} was not ready within {seconds:g} s").format(
                        name=service.name, seconds=service.ready.within / NS_PER_S
                    ),
                    where=own.log if own else platform.id,
                    because=tail(Path(own.log)) if own else None,
                )
        pause(0.05)


def stop_platform(undo: Undo) -> str:
    """Heal of `undo_of`: end the servers and every process with the owners' mark. Fine to repeat.

    Raises CouldNotHeal, naming them, when processes stay, or when a server could not be ended or cleaned; all others
    are ended first.
    """
    state = str(undo.facts.get("state", ""))
    carried: SwitchdrillError | None = None
    if state and (Path(state) / "carriers").is_dir():
        try:
            carrier().stop(Path(state))
        except SwitchdrillError as problem:
            carried = problem
    owners = undo.facts.get("owners", [])
    processes = [process for owner in (owners if isinstance(owners, list) else []) for process in owned_by(Path(owner))]
    stuck = end_all(processes)
    if stuck:
        raise CouldNotHeal(
            _("{count} process(es) could not be ended").format(count=len(stuck)),
            where=", ".join(str(process.pid) for process in stuck),
            now=_("end them by hand: kill -9 {pids}").format(pids=" ".join(str(process.pid) for process in stuck)),
        )
    if carried is not None:
        raise carried
    return f"ended {len(processes)} process(es)"


def is_ready(ready: Ready) -> bool:
    """One question, half a second at most."""
    try:
        if ready.http is not None:
            return _http_ok(ready.http)
        if ready.tcp is not None:
            with socket.create_connection(split_endpoint(ready.tcp), timeout=ASK_TIMEOUT_S):
                return True
        if ready.dns is not None:
            host, port = split_endpoint(ready.dns)
            dns.query.udp(dns.message.make_query(".", "NS"), host, port=port, timeout=ASK_TIMEOUT_S)
            return True
    except (OSError, ValueError, http.client.HTTPException, dns.exception.DNSException):
        return False
    return ready.file is not None and Path(ready.file).exists()


def tail(log: Path, lines: int = 6) -> str | None:
    """The last lines of a log, for a message."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return None
    return "\n".join(text[-lines:]) or None


def _spawn(service: Service, state: Path) -> ProcessName:
    try:
        return start_detached(service.run or [], log=_log(service, state), owner=state)
    except OSError as problem:
        raise CouldNotStart(
            _("service {name} could not be started").format(name=service.name),
            where=" ".join(service.run or []),
            because=problem.strerror,
        ) from problem


def _log(service: Service, state: Path) -> Path:
    return state / f"{service.name}.log"


def _http_ok(url: str) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=ASK_TIMEOUT_S)
    try:
        connection.request("GET", parts.path or "/")
        return 200 <= connection.getresponse().status < 300
    finally:
        connection.close()
