"""A site that is an address of this machine: its border is cut by this host's own packet filter."""

from pathlib import Path
from urllib.parse import urlsplit

from switchdrill.platform.model import Platform
from switchdrill.text import _
from switchdrill.undo import Fact, Undo
from switchdrill_faults.fence import fence
from switchdrill_faults.loss.boxed import dialled_by_others
from switchdrill_faults.packets import choosing, this_machine, way
from switchdrill_faults.toxiproxy import records, site


def planned(lost: str, platform: Platform, table: str) -> tuple[dict[str, Fact], str]:
    """The facts of the undo, and the mechanism in a line. NoWay when this host can't cut it off."""
    address = platform.sites[lost].address
    if not this_machine.has(address):
        raise choosing.NoWay(
            _("there is no packet path that a rule could be laid on"),
            because=_("{address} is no address of this machine, and no container of the site is mapped").format(
                address=address
            ),
        )
    laid = choosing.around_address(
        address,
        act="drop",
        dialled=dialled_by_others(lost, platform),
        spared=_control_of(lost, platform),
        table=table,
    )
    facts: dict[str, Fact] = {"how": "border", "packets": laid.model_dump_json()}
    if platform.sites[lost].toxiproxy is None:
        facts["record"] = str(records.path_of(Path(str(platform.state)), lost))
    return facts, laid.says()


def open_again(undo: Undo) -> str:
    """Fence, take the rule away, see that the server which carries the site is whole. CouldNotHeal: when fencing fails,
    with the way still closed.
    """
    laid, name, cwd = way.of(undo), str(undo.facts["site"]), Path(str(undo.facts["cwd"]))
    argv = undo.words("fence")
    if way.may_be_laid(laid):
        if cwd.is_dir() or not undo.facts.get("is_started_by_us", True):  # else it has ended with its platform
            fence(name, argv, cwd=cwd)
        return f"site {name} is reached again: {way.heal(laid)}; {_carried_again(undo, name, [], cwd)}"
    return _carried_again(undo, name, argv, cwd)


def _carried_again(undo: Undo, name: str, argv: list[str], cwd: Path) -> str:
    if "record" not in undo.facts:
        return f"site {name} was whole; nothing was done"
    return site.open_again(Path(str(undo.facts["record"])), site=name, fence_argv=argv, cwd=cwd)


def _control_of(lost: str, platform: Platform) -> list[str]:
    """Where the server of ours that carries the site is told what to do; it may listen at the site's own address."""
    path = records.path_of(Path(str(platform.state)), lost)
    return [urlsplit(records.read(path).api).netloc] if path.exists() else []
