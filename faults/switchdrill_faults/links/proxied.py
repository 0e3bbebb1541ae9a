"""The proxy that a link passes first: on a server of ours, by its record; or on one that is lent, by its address."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from switchdrill.carrier import CarrierRecord
from switchdrill.errors import CouldNotStart, SwitchdrillError
from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.text import _
from switchdrill.undo import Fact, Undo
from switchdrill_faults.docker import box, home
from switchdrill_faults.docker.box import boxes_of
from switchdrill_faults.toxiproxy import lent, records, wedged


def facts_of(link: Link, platform: Platform) -> tuple[dict[str, Fact], str]:
    """What the undo needs to find the proxy again, and whose it is in words."""
    hop, name = link.hops[0], link.hop_names()[0]
    api = platform.sites[hop.site].toxiproxy
    if api is None:
        record = str(records.path_of(Path(str(platform.state)), hop.site))
        return {"record": record, "proxy": name}, f"Toxiproxy of site {hop.site}"
    is_enabled = name in lent.proxies_of(hop.site, platform)
    host = urlsplit(api).hostname or ""
    boxes = [each for each in boxes_of(hop.site, platform) if host in each.addresses]
    return {
        "api": api,
        "proxy": name,
        "is_enabled": is_enabled,
        "boxes": box.write(boxes),
    }, f"the platform's own Toxiproxy of site {hop.site}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a link's proxy is now."""

    api: str
    name: str
    path: Path | None = None
    """Of the record of a server that is ours: one that we may kill, and start again."""
    record: CarrierRecord | None = None


def find(undo: Undo) -> Place:
    """The server's address and the proxy's name there. CouldNotStart when its record is gone or can't be read."""
    if "api" in undo.facts:
        return Place(api=str(undo.facts["api"]), name=str(undo.facts["proxy"]))
    path = Path(str(undo.facts["record"]))
    try:
        record = records.read(path)
    except SwitchdrillError as problem:
        raise CouldNotStart(
            _("the Toxiproxy that carries this link is not known"), where=problem.where, because=problem.because
        ) from problem
    name = record.prefix + str(undo.facts["proxy"])
    if record.owned == "foreign":
        return Place(api=record.api, name=name)
    return Place(api=record.api, name=name, path=path, record=record)


def is_gone(undo: Undo) -> bool:
    """Whether the server has ended, or will never wake: a server that is started anew has none of our toxics."""
    if "record" not in undo.facts:
        boxes = box.read(undo)
        return bool(boxes) and (home.is_gone_with_its_platform(boxes) or bool(home.ended(boxes)))
    path = Path(str(undo.facts["record"]))
    if not path.exists():
        return True
    record = records.read(path)
    if record.owned == "foreign":
        return False
    return wedged.is_away(record)
