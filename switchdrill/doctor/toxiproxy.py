"""Whether a Toxiproxy server is at hand."""

from typing import Protocol, runtime_checkable

from switchdrill.carrier import Rung, carrier
from switchdrill.doctor.need import Need
from switchdrill.errors import SwitchdrillError
from switchdrill.text import _

FETCH = "switchdrill doctor --mend"


@runtime_checkable
class _Shows(Protocol):
    """A carrier that can tell which server it would take, without fetching or building one."""

    def at_hand(self) -> Rung:
        """Raises SwitchdrillError: what was looked for."""
        ...


def need(*, mend: bool) -> Need:
    """`mend`: one is fetched or built, where none is at hand."""
    purpose = _("carries every link of a platform, so that a site can be lost and come home")
    try:
        by = carrier()
        if mend:
            rung = by.provide()
        elif isinstance(by, _Shows):
            rung = by.at_hand()
        else:
            unknown = _("can't be told without fetching one")
            return Need(name="Toxiproxy", is_met=False, found=unknown, purpose=purpose, mend=FETCH, is_needed=False)
    except SwitchdrillError as problem:
        return Need(
            name="Toxiproxy",
            is_met=False,
            found="\n".join(filter(None, [problem.what, problem.because])),
            purpose=purpose,
            mend=(problem.now or "") if mend else FETCH,
        )
    return Need(name="Toxiproxy", is_met=True, found=rung.says, purpose=purpose)
