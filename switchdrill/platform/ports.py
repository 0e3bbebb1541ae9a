"""Who listens where, as the kernel tells it: a process is believed to have a port only when it owns the socket."""

import ipaddress
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from switchdrill.text import _

_LISTENS = "0A"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Socket:
    host: str
    inode: str
    listens: bool


def listens(pid: int, host: str, port: int) -> bool:
    """Whether the process `pid` itself listens at exactly this address."""
    inodes = {each.inode for each in _sockets(pid, port) if each.listens and each.host == host}
    return any(inode in inodes for inode in _inodes_of(pid))


def is_listened_at(host: str, port: int) -> bool:
    """Whether anybody listens there; a wildcard listener has every address."""
    return any(each.listens for each in _at(host, port))


def holder_of(host: str, port: int) -> str:
    """Who has this address, for people: `pid 812 (nginx -g daemon off;)`. Says so when nobody can be seen."""
    inodes = [each.inode for each in sorted(_at(host, port), key=lambda each: not each.listens)]
    if not inodes:
        return _("nobody who can be seen has it")
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and any(inode in inodes for inode in _inodes_of(int(entry.name))):
            return f"pid {entry.name} ({_command(entry)})"
    return _("a process has it that only root can see")


def _at(host: str, port: int) -> list[_Socket]:
    wildcards = ("0.0.0.0", "::")  # noqa: S104  # compared with, not bound to
    return [each for each in _sockets("self", port) if each.host == host or host in wildcards or each.host in wildcards]


def _sockets(who: int | str, port: int) -> Iterator[_Socket]:
    """Every TCP socket with this local port in the network namespace of `who`; none when it is gone."""
    mark = f":{port:04X} "
    for table in ("tcp", "tcp6"):
        try:
            lines = Path(f"/proc/{who}/net/{table}").read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            if mark not in line:  # under load there are ten thousand others
                continue
            fields = line.split()
            host, _colon, local = fields[1].partition(":")
            if int(local, 16) == port:
                yield _Socket(host=_decoded(host), inode=fields[9], listens=fields[3] == _LISTENS)


def _decoded(text: str) -> str:
    """The kernel prints an address as 32-bit words in the machine's own byte order."""
    words = [int(text[start : start + 8], 16).to_bytes(4, sys.byteorder) for start in range(0, len(text), 8)]
    return ipaddress.ip_address(b"".join(words)).compressed


def _inodes_of(pid: int) -> Iterator[str]:
    try:
        handles = list(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return
    for handle in handles:
        try:
            target = str(handle.readlink())
        except OSError:  # closed since it was listed
            continue
        if target.startswith("socket:["):
            yield target[8:-1]


def _command(process: Path) -> str:
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return "?"
    return " ".join(word.decode("utf-8", errors="replace") for word in words if word)[:120]
