"""All needs, one after another, and what they come to."""

from dataclasses import dataclass

from switchdrill.doctor import containers, packets, remembered, this_machine, toxiproxy
from switchdrill.text import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    lines: list[str]
    can_drill: bool


def examine(*, mend: bool) -> Examination:
    """Look at every need of drills, those of the embedded platform first. Changes nothing, unless `mend`: a server is
    fetched.
    """
    needs = [*this_machine.needs(), toxiproxy.need(mend=mend), *remembered.needs(), packets.without_root()]
    of_docker = [*containers.needs(), *packets.needs()]
    missing = [need.name for need in needs if need.is_needed and not need.is_met]
    lines = [line for need in [*needs, *of_docker] for line in need.lines()]
    lines.append(
        _("needed before a drill can start: {names}").format(names=", ".join(missing))
        if missing
        else _("a drill can start here")
    )
    without = [need.name for need in of_docker if not need.is_met]
    if not missing:
        lines.append(
            _("for platforms of containers, this is not met: {names}").format(names=", ".join(dict.fromkeys(without)))
            if without
            else _("so can one of a platform of containers")
        )
    return Examination(lines=lines, can_drill=not missing)
