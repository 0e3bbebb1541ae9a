"""A program that becomes another one in a network namespace: a new one of its own, or that of a living process.

    python -m switchdrill.machine.entering new MARK -- PROGRAM...
    python -m switchdrill.machine.entering join MARK PID USER NET -- PROGRAM...

Nobody's root is needed: an ordinary user gets a user namespace, in which he stays who he is (files are his own, as
outside) and may administer the network, and nothing more. The process keeps its id, its parents and its terminal.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys
from pathlib import Path

FAILED = 97
"""Exit code when there is no namespace to enter; one line on stderr says why."""
MARK = "SWITCHDRILL_NETWORK"
"""Environment variable of everything in a namespace of ours: no other namespace has its value, ever."""
SYN_RETRIES = 2
"""A Toxiproxy that dials into silence serves nobody else for as long as the kernel tries: 7 s instead of 127."""

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_NET_ADMIN = 12
_CAPABILITIES_3 = 0x20080522
_AMBIENT, _RAISE = 47, 2
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1
_IPV4 = Path("/proc/sys/net/ipv4")


def main(words: list[str]) -> int:
    """Enter, and become the program; returns only when that can't be."""
    split = words.index("--")
    (how, mark, *names), program = words[:split], words[split + 1 :]
    try:
        _make() if how == "new" else _join(*map(int, names))
        if os.geteuid() != 0:
            _keep_the_network()
    except OSError as problem:
        sys.stderr.write(f"{problem.strerror}{f': {problem.filename}' if problem.filename else ''}\n")
        return FAILED
    os.environ[MARK] = mark
    try:
        os.execvp(program[0], program)  # noqa: S606  # that is its whole work
    except OSError as problem:
        sys.stderr.write(f"{program[0]}: {problem.strerror}\n")
    return FAILED


def _make() -> None:
    """A network of its own, with loopback; for an ordinary user, in a user namespace where he is himself."""
    port_start = (_IPV4 / "ip_unprivileged_port_start").read_text(encoding="ascii")
    user, group = os.geteuid(), os.getegid()
    _call("unshare", _NEW_NET | (0 if user == 0 else _NEW_USER))
    if user != 0:
        own = Path("/proc/self")
        (own / "setgroups").write_text("deny", encoding="ascii")
        (own / "uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        (own / "gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    _raise_loopback()
    (_IPV4 / "tcp_syn_retries").write_text(str(SYN_RETRIES), encoding="ascii")
    (_IPV4 / "ip_unprivileged_port_start").write_text(port_start, encoding="ascii")


def _join(pid: int, user: int, net: int) -> None:
    """Those of the process `pid`, if they still are the ones with these numbers."""
    handles = [os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY | os.O_CLOEXEC) for name in ("user", "net")]
    found = [os.fstat(each).st_ino for each in handles]
    if found != [user, net]:
        raise ProcessLookupError(0, "the process is in another namespace")
    if user != Path("/proc/self/ns/user").stat().st_ino:
        _call("setns", handles[0], _NEW_USER)
    _call("setns", handles[1], _NEW_NET)


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh22x", b"lo", 0)
        (flags,) = struct.unpack("16xh22x", fcntl.ioctl(any_socket, _GET_FLAGS, request))
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh22x", b"lo", flags | _UP))


def _keep_the_network() -> None:
    """The one right that is left is handed on to every program from here on, whoever starts it."""
    network = 1 << _NET_ADMIN
    head = struct.pack("Ii", _CAPABILITIES_3, 0)
    _call("capset", head, struct.pack("6I", network, network, network, 0, 0, 0))
    _call("prctl", _AMBIENT, _RAISE, _NET_ADMIN, 0, 0)


def _call(name: str, *arguments: int | bytes) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    words = [ctypes.c_ulong(each) if isinstance(each, int) and name == "prctl" else each for each in arguments]
    if getattr(libc, name)(*words) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
