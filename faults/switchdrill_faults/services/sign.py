"""What a service's own sign says of it, to whoever broke it or brings it home."""

from switchdrill.clock import NS_PER_S
from switchdrill.platform.ready import is_ready
from switchdrill.platform.service import Ready

GRACE_S = 10
"""Docker's own: between being asked to end and being killed."""
HOME_S = 60.0
"""One that comes home after a crash may have to catch up first, however fast its usual start is."""


def is_answered(ready: Ready | None, *, more_than_a_connection: bool = False) -> bool | None:
    """Whether a client gets an answer. None: nobody can tell, since its sign is a file, or only that it connects, which
    a frozen service does as well.
    """
    if ready is None or ready.file is not None or (more_than_a_connection and ready.tcp is not None):
        return None
    return is_ready(ready)


def told(answered: bool | None) -> str:
    """To be added to what the mechanism says."""
    if answered is None:
        return ""
    return "; its client is answered" if answered else "; its client is not answered"


def home_within_s(ready: Ready | None) -> float:
    return max(HOME_S, ready.within / NS_PER_S if ready is not None else 0.0)
