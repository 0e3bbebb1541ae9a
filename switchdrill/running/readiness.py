"""Before anything is broken the platform proves itself that it stands as before a drill: roles, replication, fences.

Its own `check` says so. When it does not, `reset` is played, once, and `check` asked again; one that still says no ends
the drill before it began. What is production is never reset by us.
"""

import shlex

from switchdrill.clock import now_ns
from switchdrill.containers.engine import reach
from switchdrill.errors import CouldNotStart
from switchdrill.machine.command import Ran
from switchdrill.platform.mapped import engines_of
from switchdrill.platform.model import Platform
from switchdrill.record.entries import Checked, Noted
from switchdrill.record.journal import Journal
from switchdrill.running.commanding import command
from switchdrill.running.progress import Progress
from switchdrill.text import _

CHECK_S = 30.0
RESET_S = 120.0


def prove_engines(platform: Platform) -> None:
    """NoEngine or StateUnknown when an engine of the platform does not answer: nothing there could be broken, or
    brought home.
    """
    for endpoint in engines_of(platform):
        reach(endpoint).version()


def prove_ready(platform: Platform, journal: Journal, progress: Progress) -> None:
    """CouldNotStart, with the platform's own words, when it is not as before a drill and can't be brought there."""
    check = platform.commands.get("check")
    if check is None:
        return
    first = command("check", check, journal, within_s=CHECK_S)
    reset = platform.commands.get("reset")
    if first.is_fine or reset is None or platform.production:
        _noted(first, check, journal)
        return
    journal.write(Checked(t_ns=now_ns(), name="roles", ok=False, said=first.last_words))
    progress.say(_("the platform is not as before a drill, so it is reset: {said}").format(said=first.last_words))
    played = command("reset", reset, journal, within_s=RESET_S)
    journal.write(
        Noted(t_ns=now_ns(), deviation=True, said=f"the platform was reset before the drill: {first.last_words}")
    )
    if not played.is_fine:
        raise _not_ready(reset, played, _("the platform's reset did not work"))
    _noted(command("check", check, journal, within_s=CHECK_S), check, journal)


def _noted(ran: Ran, argv: list[str], journal: Journal) -> None:
    journal.write(Checked(t_ns=now_ns(), name="roles", ok=ran.is_fine, said=ran.last_words))
    if not ran.is_fine:
        raise _not_ready(argv, ran, _("the platform is not as it has to be before a drill"))


def _not_ready(argv: list[str], ran: Ran, what: str) -> CouldNotStart:
    return CouldNotStart(
        what,
        where=shlex.join(argv),
        because=_("it was still running when its limit passed") if ran.code is None else ran.last_words,
        now=_("bring roles, replication and fences in order, then drill again; nothing was broken"),
    )
