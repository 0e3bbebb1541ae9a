"""A server of ours that obeys no more: killed, and started again with the same proxies.

Clients that abort while a toxic is changed wedge Toxiproxy 2.12 for good: whatever would touch that proxy hangs, and
`GET /version` answers as if nothing were.
"""

from pathlib import Path

from switchdrill.carrier import CarrierRecord
from switchdrill.machine import process
from switchdrill.machine.held import held
from switchdrill_faults.toxiproxy import records, server

_LOCK_S = 10.0


def restart(path: Path, seen: CarrierRecord) -> bool:
    """Whether it was restarted here. Not when `seen` runs no more: somebody was quicker; nor when it is frozen, or was
    ended: whoever did that brings it home, and may have to fence first.

    CouldNotStart, CouldNotHeal, DeadlinePassed.
    """
    with held(records.lock_path(path), within_s=_LOCK_S):
        if records.read(path) != seen or is_away(seen):
            return False
        server.restart(path)
        return True


def is_away(record: CarrierRecord) -> bool:
    name = server.name_in(record)
    return not process.is_running(name) or process.is_frozen(name)
