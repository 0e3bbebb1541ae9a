"""What a drill that ended early leaves to people: on a platform that stays up, viewers may still be on the standby.

Healing takes back what was broken. It does not play the platform's own failback: that is the drill's, or a person's.
"""

import shlex
from pathlib import Path

from switchdrill.errors import SwitchdrillError
from switchdrill.machine.files import may_be_there
from switchdrill.record.entries import Ended, Injected, Switched
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import of_kind, read_journal
from switchdrill.record.plan import read_plan
from switchdrill.text import _


def unplayed_way_back(folder: RunFolder) -> str | None:
    """The command that sends viewers back, as for a shell. None: it was played, or there is nobody to send."""
    try:
        plan, entries = read_plan(folder.plan), read_journal(folder.journal).entries
    except (OSError, ValueError, SwitchdrillError):  # what can't be read was told already
        return None
    was_played = any(each.part == "failback" and each.reached for each in of_kind(entries, Ended))
    is_wanted = any(step.step == "failback" for step in plan.steps) or any(
        each.reached for each in of_kind(entries, Switched)
    )
    state = plan.platform.state or ""
    # One of the run's own ends with it; one that `up` started, with `down`. What others started nobody of us ends.
    is_own = state == str(folder.platform) or not may_be_there(Path(state))
    is_gone = plan.platform.is_started_by_us() and is_own
    if was_played or not is_wanted or is_gone or not of_kind(entries, Injected):
        return None
    argv = plan.platform.way_back()
    return None if argv is None else shlex.join(argv)


def still_on_the_standby(command: str) -> str:
    """In one line, for people."""
    return _("viewers may still be on the standby; the way back:  {command}").format(command=command)
