"""An undo is played where it acts: addresses, rules and servers of a network namespace of a run's own are met nowhere
else, and its machine has others of the same name.

    python -m switchdrill.healing.there UNDO

plays one in the namespace that the process is in, and prints what came of it as a line of JSON.
"""

import json
import sys
from collections.abc import Mapping

from switchdrill.errors import CouldNotHeal, SwitchdrillError
from switchdrill.fault import catalogue
from switchdrill.healing.undos import OpenUndo
from switchdrill.machine import network
from switchdrill.machine.command import Ran, run
from switchdrill.platform.lifecycle import PLATFORM_KIND, stop_platform
from switchdrill.text import _
from switchdrill.undo import Undo

_SLACK_S = 60.0
_PARTS = ("what", "where", "because", "now", "meanwhile")


def brought_home(opened: OpenUndo) -> str:
    """Play it, and say what was done. CouldNotHeal when it is not proven, or when nobody gets to where it acts.

    A platform is ended from anywhere: by its processes, which have the same ids inside and outside.
    """
    if opened.undo.kind == PLATFORM_KIND:
        return stop_platform(opened.undo)
    if opened.network == network.own():
        return _played(opened.undo)
    if opened.network is None or network.own() is not None:
        raise CouldNotHeal(
            _("what is broken is outside of this network namespace, and can't be reached from in here"),
            where=opened.undo.target,
            now=_("in an ordinary shell:  switchdrill heal --all"),
        )
    pid = network.inhabitant(opened.network)
    if pid is None:
        return _("{said} (nobody lives in its network namespace any more)").format(said=_played(opened.undo))
    program = [sys.executable, "-m", "switchdrill.healing.there", opened.undo.model_dump_json()]
    return _told(run(network.inside(opened.network, pid, program), limit_s=opened.undo.heal_limit_s + _SLACK_S), opened)


def _played(undo: Undo) -> str:
    return catalogue()[undo.kind].heal(undo)


def _told(ran: Ran, opened: OpenUndo) -> str:
    last = ran.said.rstrip().rpartition("\n")[2]
    try:
        told: Mapping[str, str | None] = json.loads(last) if ran.is_fine else {}
    except ValueError:
        told = {}
    if told.get("said"):
        return str(told["said"])
    raise CouldNotHeal(
        told.get("what") or _("it could not be healed in its network namespace"),
        where=told.get("where") or opened.undo.target,
        because=told.get("because") or (None if "what" in told else ran.last_words or None),
        now=told.get("now"),
        meanwhile=told.get("meanwhile"),
    )


def _answer(text: str) -> dict[str, str | None]:
    try:
        return {"said": _played(Undo.model_validate_json(text))}
    except SwitchdrillError as problem:
        return {part: getattr(problem, part) for part in _PARTS}


if __name__ == "__main__":
    print(json.dumps(_answer(sys.argv[1])))  # noqa: T201
