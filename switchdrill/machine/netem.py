"""Whether this machine's kernel can delay, corrupt and reorder packets; most can, small ones can't."""

import os
import subprocess
from functools import cache

from switchdrill.machine.command import path_of, run
from switchdrill.machine.network import may_filter_packets
from switchdrill.text import _

_LIMIT_S = 5.0
_TRY = """set -e
ip link add tried type ifb
tc qdisc add dev tried root netem delay 1ms
tc qdisc add dev lo clsact
tc filter add dev lo egress protocol ip u32 match ip dport 9 0xffff action mirred egress redirect dev tried
"""


@cache
def why_no_netem() -> str:
    """Empty: it can. Tried once, in a network namespace that ends with the trial."""
    if not may_filter_packets():
        return _("netem needs root")
    missing = [each for each in ("tc", "ip", "unshare") if not path_of(each)]
    if missing:
        return _("there is no {program} on this host").format(program=missing[0])
    try:
        tried = run([path_of("unshare"), "--net", "sh", "-c", _TRY], limit_s=_LIMIT_S, env={"PATH": _path()})
    except (OSError, subprocess.SubprocessError) as problem:
        return str(problem)
    if tried.is_fine:
        return ""
    return _("not on this kernel: netem can't be laid ({said})").format(said=tried.last_words or tried.code)


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin:/usr/bin:/bin"
