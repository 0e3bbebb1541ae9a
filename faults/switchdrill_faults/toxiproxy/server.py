"""One site's own Toxiproxy server: a plain process that is started, frozen, killed and started again as a whole."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from switchdrill.carrier import CarrierRecord
from switchdrill.errors import CouldNotHeal, CouldNotStart, SwitchdrillError
from switchdrill.machine import process
from switchdrill.machine.held import held
from switchdrill.machine.process import ProcessName, is_frozen
from switchdrill.text import _
from switchdrill_faults.toxiproxy import records
from switchdrill_faults.toxiproxy.client import Server
from switchdrill_faults.toxiproxy.proxy import differences, split
from switchdrill_faults.toxiproxy.rung import one_line
from switchdrill_faults.toxiproxy.spawn import marked, spawn
from switchdrill_faults.toxiproxy.table import not_accepting, populate
from switchdrill_faults.toxiproxy.transport import ApiError

_ALIVE_S = 2.0
_RESTART_S = 3.0


def start(path: Path, *, site: str, binary: str, host: str, port: int | None = None) -> CarrierRecord:
    """Start a server with the proxies that stand beside the record at `path`, verify each, write the record.

    Its API listens at `host`, on `port` if that is free, else on any. Raises CouldNotStart; then nothing of it runs.
    """
    asked = records.read_proxies(records.proxies_path(path))
    taken = {split(end)[1] for proxy in asked for end in (proxy.listen, proxy.upstream)}
    started, api = spawn(path, binary=binary, host=host, port=port, not_these=taken)
    try:
        populate(api, asked)
        record = CarrierRecord(
            site=site,
            api=api,
            owned="ours",
            proxies=str(records.proxies_path(path)),
            binary=binary,
            log=str(records.log_path(path)),
            pid=started.pid,
            started=started.started,
        )
        records.write(path, record)
    except BaseException:  # whatever ends it: a server without a record would never be ended
        process.kill(started)
        raise
    return record


def freeze(record: CarrierRecord) -> None:
    """Stop the site in one instant: the kernel goes on accepting, nobody answers. CouldNotStart when it is gone."""
    try:
        process.freeze(name_in(record))
    except (ProcessLookupError, TimeoutError):
        raise _gone(record) from None


def kill(record: CarrierRecord) -> None:
    """End it in one instant: the kernel closes listeners and connections. CouldNotStart when it is gone already."""
    if not process.is_running(name_in(record)):
        raise _gone(record)
    process.kill(name_in(record))


def restart(path: Path) -> CarrierRecord:
    """Kill whatever is left of it and start it again with the same proxies; the record is rewritten.

    Raises CouldNotStart, or CouldNotHeal when the old one can't be killed.
    """
    record = records.read(path)
    end_marked(path)
    url = urlsplit(record.api)
    return start(path, site=record.site, binary=record.binary, host=url.hostname or "127.0.0.1", port=url.port)


def end_marked(path: Path) -> int:
    """Kill the servers of the site whose record is, or was, at `path`; how many there were."""
    found = [name for name, marked_path in marked(records.state_of(path)) if marked_path == path]
    _end(found)
    return len(found)


def end_all(state: Path) -> None:
    """Kill every server of the platform in `state`. CouldNotHeal when one stays."""
    _end([name for name, _record in marked(state)])


def what_is_wrong(record: CarrierRecord) -> list[str]:
    """Why this server does not carry its site as it should, one line each; empty: it is whole."""
    name = name_in(record)
    if not process.is_running(name):
        return [_("its process is gone")]
    if is_frozen(name):
        return [_("its process is frozen")]
    asked = records.read_proxies(Path(record.proxies))
    try:
        with closing(Server(record.api)) as server:
            wrong = differences(asked, server.table())
    except ApiError as problem:
        return [one_line(problem)]
    return wrong or not_accepting(asked)


def is_alive(record: CarrierRecord) -> bool:
    """Whether it is frozen, or its control plane answers: what `GET /version` says of a wedged server counts for
    nothing. One that is being restarted just now is waited for.
    """
    if _answers(record):
        return True
    path = records.path_beside(Path(record.proxies))
    try:
        with held(records.lock_path(path), within_s=_RESTART_S):
            now = records.read(path)
    except (SwitchdrillError, OSError):  # ended, with its record
        return False
    return now != record and _answers(now)


def _answers(record: CarrierRecord) -> bool:
    name = name_in(record)
    if not process.is_running(name):
        return False
    if is_frozen(name):
        return True
    with closing(Server(record.api, connect_s=_ALIVE_S, read_s=_ALIVE_S)) as server:
        return server.running()


def name_in(record: CarrierRecord) -> ProcessName:
    return ProcessName(pid=record.pid, started=record.started)


def _gone(record: CarrierRecord) -> CouldNotStart:
    return CouldNotStart(
        _("the Toxiproxy of site {site} can't be broken: it is gone").format(site=record.site),
        where=f"pid {record.pid}",
        now=_("read its log: {log}").format(log=record.log),
    )


def _end(names: Sequence[ProcessName]) -> None:
    left = [name for name in names if not process.kill(name)]
    if left:
        raise CouldNotHeal(
            _("a Toxiproxy server does not end"),
            where=", ".join(f"pid {name.pid}" for name in left),
            now=_("end it by hand, then:  switchdrill heal --all"),
        )
