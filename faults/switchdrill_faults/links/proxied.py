"""The proxy that a link passes first: on a server of ours, by its record; or on one that is lent, by its address."""

from pathlib import Path

from switchdrill.errors import CouldNotStart, SwitchdrillError
from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.text import _
from switchdrill.undo import Fact, Undo
from switchdrill_faults.docker import box
from switchdrill_faults.docker.box import boxes_of
from switchdrill_faults.toxiproxy import lent, records


def facts_of(link: Link, platform: Platform) -> tuple[dict[str, Fact], str]:
    """What the undo needs to find the proxy again, and whose it is in words."""
    hop, name = link.hops[0], link.hop_names()[0]
    api = platform.sites[hop.site].toxiproxy
    if api is None:
        record = str(records.path_of(Path(str(platform.state)), hop.site))
        return {"record": record, "proxy": name}, f"Toxiproxy of site {hop.site}"
    is_enabled = name in lent.proxies_of(hop.site, platform)
    boxes = [each for each in boxes_of(hop.site, platform) if each.project]
    return {
        "api": api,
        "proxy": name,
        "is_enabled": is_enabled,
        "boxes": box.write(boxes),
    }, f"the platform's own Toxiproxy of site {hop.site}"


def find(undo: Undo) -> tuple[str, str]:
    """The server's address and the proxy's name there. CouldNotStart when its record is gone or can't be read."""
    if "api" in undo.facts:
        return str(undo.facts["api"]), str(undo.facts["proxy"])
    try:
        record = records.read(Path(str(undo.facts["record"])))
    except SwitchdrillError as problem:
        raise CouldNotStart(
            _("the Toxiproxy that carries this link is not known"), where=problem.where, because=problem.because
        ) from problem
    return record.api, record.prefix + str(undo.facts["proxy"])


def is_gone(undo: Undo) -> bool:
    """Whether a server of ours has ended with its platform."""
    return "record" in undo.facts and not Path(str(undo.facts["record"])).exists()
