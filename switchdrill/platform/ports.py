"""Who listens where, read from /proc: for a message that names the process which holds a port."""

import socket
import struct
from pathlib import Path

LISTEN = "0A"


def who_listens(host: str, port: int) -> str | None:
    """`process 4711 (nginx)` that listens on host:port or on all addresses; `somebody` if unreadable; None: nobody."""
    wanted = {_hex(host, port), _hex("0.0.0.0", port)}  # noqa: S104 - compared with, not bound to
    for line in _rows("/proc/net/tcp"):
        fields = line.split()
        if fields[1] in wanted and fields[3] == LISTEN:
            return _owner(fields[9])
    for line in _rows("/proc/net/tcp6"):
        fields = line.split()
        if fields[1] == "0" * 32 + f":{port:04X}" and fields[3] == LISTEN:
            return _owner(fields[9])
    return None


def _rows(table: str) -> list[str]:
    try:
        return Path(table).read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return []


def _hex(host: str, port: int) -> str:
    (number,) = struct.unpack("=I", socket.inet_aton(host))
    return f"{number:08X}:{port:04X}"


def _owner(inode: str) -> str:
    mark = f"socket:[{inode}]"
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal():
            continue
        try:
            if any(str(each.readlink()) == mark for each in (process / "fd").iterdir()):
                command = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
                return f"process {process.name} ({command})"
        except OSError:
            continue
    return "somebody"
