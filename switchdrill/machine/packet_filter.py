"""What this kernel's packet filter can do beyond dropping: asked with rules that it checks, and never takes."""

import subprocess
from functools import cache
from typing import Literal

from switchdrill.machine.command import path_of, run
from switchdrill.text import _, marked

Skill = Literal["share", "bursts", "copies"]
_REMEMBERS = """table inet switchdrill_try {
  set s { type inet_service; flags dynamic; size 10; }
  chain c { th dport @s delete @s { th dport }; add @s { th dport } drop; }
}"""
SKILLS: dict[Skill, tuple[str, str, str]] = {
    "share": (
        marked("the kernel can't pick a share of packets (nft numgen)"),
        "nft_numgen",
        "table inet switchdrill_try { chain c { numgen random mod 1000 < 10 counter drop; }; }",
    ),
    "bursts": (
        marked("the kernel can't forget what a packet has told it (nft delete from a set)"),
        "nft_set_hash",
        _REMEMBERS,
    ),
    "copies": (
        marked("the kernel can't copy packets (nft dup)"),
        "nft_dup_ipv4",
        "table ip switchdrill_try { chain c { dup to ip daddr; }; }",
    ),
}
"""What is missing, the module that may have it, and the rules to check."""
_LIMIT_S = 3.0


@cache
def why_lacking(skill: Skill) -> str:
    """Empty: this kernel has it. Needs root and nft."""
    missing, _module, rules = SKILLS[skill]
    try:
        checked = run([path_of("nft") or "nft", "--check", rules], limit_s=_LIMIT_S)
    except (OSError, subprocess.SubprocessError) as problem:
        return str(problem)
    return "" if checked.is_fine else _("not on this kernel: {missing}").format(missing=_(missing))
