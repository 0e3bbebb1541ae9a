"""What this host's packet filter can't do of what a fault needs."""

from switchdrill.machine.packet_filter import Skill, why_lacking
from switchdrill_faults.packets import grounds


def lacking(*skills: Skill) -> str:
    """Empty: it can, or it is not this host's that is asked: another's tells when the rule is laid."""
    if grounds.why_not_here():
        return ""
    return next((why for why in map(why_lacking, skills) if why), "")
