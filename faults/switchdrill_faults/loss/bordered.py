"""A site that is an address of this machine: its border is cut by this host's own packet filter."""

import socket
from pathlib import Path

from switchdrill.errors import SwitchdrillError
from switchdrill.platform.model import Platform
from switchdrill.text import _
from switchdrill.undo import Fact, Undo
from switchdrill_faults.fence import fence
from switchdrill_faults.loss.boxed import dialled_by_others
from switchdrill_faults.packets import choosing, way


def planned(site: str, platform: Platform, table: str) -> tuple[dict[str, Fact], str]:
    """The facts of the undo, and the mechanism in a line. NoWay when this host can't cut it off."""
    address = platform.sites[site].address
    if not _is_of_this_machine(address):
        raise choosing.NoWay(
            _("there is no packet path that a rule could be laid on"),
            because=_("{address} is no address of this machine, and no container of the site is mapped").format(
                address=address
            ),
        )
    laid = choosing.around_address(address, act="drop", dialled=dialled_by_others(site, platform), table=table)
    return {"how": "border", "packets": laid.model_dump_json()}, laid.says()


def open_again(undo: Undo) -> str:
    """Fence, then take the rule away; a site that is whole is left alone. CouldNotHeal: the way stays closed."""
    laid, site, argv, cwd = way.read(undo), str(undo.facts["site"]), undo.facts["fence"], Path(str(undo.facts["cwd"]))
    if laid is None or not _is_laid(laid):
        return f"site {site} was whole; nothing was done"
    if cwd.is_dir():  # else it has ended with its platform
        fence(site, argv if isinstance(argv, list) else [], cwd=cwd)
    return f"site {site} is reached again: {way.heal(laid)}"


def _is_laid(laid: way.Way) -> bool:
    """What can't be seen is taken away as if it were there."""
    try:
        return way.is_laid(laid)
    except SwitchdrillError:
        return True


def _is_of_this_machine(address: str) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
