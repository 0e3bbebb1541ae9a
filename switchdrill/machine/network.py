"""The network namespace of a run's own: how it is named for ever, who lives in it, how it is entered.

Only namespaces that we made have a name. A number of the kernel's is used again when its namespace is gone, so a name
also holds a mark that stands in the environment of everything that was started inside.
"""

import os
import secrets
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from switchdrill.machine.command import path_of, run
from switchdrill.machine.entering import FAILED, MARK
from switchdrill.text import _

_TRIAL_S = 10.0
_TRIAL = "table inet switchdrill_trial { chain trial { type filter hook input priority 0; counter drop; }; }"
"""Checked by the kernel, and never committed."""
_FORBIDDEN_BY = {
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": ("1", "kernel.apparmor_restrict_unprivileged_userns=0"),
    "/proc/sys/kernel/unprivileged_userns_clone": ("0", "kernel.unprivileged_userns_clone=1"),
    "/proc/sys/user/max_user_namespaces": ("0", "user.max_user_namespaces=10000"),
    "/proc/sys/user/max_net_namespaces": ("0", "user.max_net_namespaces=10000"),
}


class NetworkName(BaseModel):
    """A network namespace that we made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mark: str
    user: int
    """Inode of the user namespace that it belongs to."""
    net: int


def own() -> NetworkName | None:
    """The one that this process is in; None: its machine's, which has no name."""
    mark = os.environ.get(MARK)
    user, net = _numbers("self")
    return NetworkName(mark=mark, user=user, net=net) if mark and net else None


def inhabitant(name: NetworkName) -> int | None:
    """A process that lives in it; None: nobody does, so it is gone, with every rule and listener of it."""
    mark = f"{MARK}={name.mark}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        if _numbers(entry.name) != (name.user, name.net):
            continue
        try:
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                return int(entry.name)
        except OSError:  # it has just ended
            continue
    return None


def inside(name: NetworkName, pid: int, program: Sequence[str]) -> list[str]:
    """The command that runs `program` in there, where `pid` lives. It ends with FAILED when it can't get in."""
    return [*_entering("join", name.mark), str(pid), str(name.user), str(name.net), "--", *program]


def in_a_new_one(program: Sequence[str]) -> list[str]:
    """The command that runs `program` in a namespace of its own, which ends with the last process in it."""
    return [*_entering("new", secrets.token_hex(8)), "--", *program]


@cache
def why_none() -> str:
    """Why this user can have none in which packets are dropped and counted; empty: he can. Tried, not guessed."""
    nft = path_of("nft")
    if not nft:
        return _("there is no nft on this host")
    ran = run(in_a_new_one([nft, "--check", _TRIAL]), limit_s=_TRIAL_S)
    if ran.is_fine:
        return ""
    said = ran.last_words or _("not done within {limit:g} s").format(limit=_TRIAL_S)
    if ran.code == FAILED:
        return _("this kernel gives a user no network namespace: {reason}").format(reason=said)
    return _("nft can do nothing in a network namespace of a user's: {reason}").format(reason=said)


def what_allows_it() -> str:
    """What root would have to say so that users can have one; empty: nothing that is known forbids it."""
    if not path_of("nft"):
        return _("as root:  apt-get install nftables")
    for path, (forbidding, setting) in _FORBIDDEN_BY.items():
        try:
            is_forbidding = Path(path).read_text(encoding="ascii").strip() == forbidding
        except OSError:
            continue
        if is_forbidding:
            return _("as root:  sysctl -w {setting}").format(setting=setting)
    return ""


def may_filter_packets() -> bool:
    """Whether this process may change the packet filter of the network namespace that it is in."""
    return os.geteuid() == 0 or own() is not None


def _entering(how: str, mark: str) -> list[str]:
    return [sys.executable, "-P", "-m", "switchdrill.machine.entering", how, mark]


def _numbers(process: str) -> tuple[int, int]:
    """Of its user and network namespace; zeros when it is gone, or another user's."""
    try:
        user, net = (Path(f"/proc/{process}/ns/{name}").stat().st_ino for name in ("user", "net"))
    except OSError:
        return 0, 0
    return user, net
