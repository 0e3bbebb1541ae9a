"""A site whose links pass a Toxiproxy server: the server is frozen, killed, or its proxies are disabled."""

from pathlib import Path

from switchdrill.errors import Refused
from switchdrill.fault import Counted
from switchdrill.platform.model import Platform
from switchdrill.text import _
from switchdrill.undo import Fact, Undo
from switchdrill_faults.fence import fence
from switchdrill_faults.toxiproxy import lent, records, site


class NotCarried(Refused):
    """This site can't be lost so."""


def planned(lost: str, shape: str, platform: Platform) -> tuple[dict[str, Fact], str, str]:
    """The facts of the undo, the mechanism, the way home in words. NotCarried when the shape can't be made."""
    if shape == "power_off":
        raise NotCarried(_("power_off needs containers of the site whose processes can be ended, and the packet path"))
    if not any(hop.site == lost for link in platform.links for hop in link.hops):
        raise NotCarried(
            _("no link of site {site} passes a Toxiproxy, and none of its containers is mapped").format(site=lost)
        )
    api = platform.sites[lost].toxiproxy
    if api is None and platform.carried == "nobody":
        raise NotCarried(
            _("no Toxiproxy of ours carries its links: others have started it; name theirs as the site's `toxiproxy`")
        )
    if shape == "stall" and (platform.carried == "foreign" or api is not None):
        raise NotCarried(_("the Toxiproxy server is not ours, so it can't be frozen; fast_fail is possible"))
    if api is not None:
        facts: dict[str, Fact] = {"how": "lent", "api": api, "proxies": lent.proxies_of(lost, platform)}
        return facts, "the platform's own Toxiproxy, its proxies disabled", f"enables the proxies of site {lost} again"
    record = str(records.path_of(Path(str(platform.state)), lost))
    broken = "SIGSTOP" if shape == "stall" else "SIGKILL"
    mechanism = f"Toxiproxy of site {lost}: " + ("its proxies disabled" if platform.carried == "foreign" else broken)
    return (
        {"how": "carried", "record": record},
        mechanism,
        f"starts the Toxiproxy of site {lost} again with the same proxies",
    )


def break_it(undo: Undo, shape: str) -> None:
    """One signal, whatever the number of links; on a server that is not ours one request for each."""
    if undo.facts["how"] == "lent":
        lent.close(str(undo.facts["api"]), undo.words("proxies"))
    else:
        (site.stall if shape == "stall" else site.cut)(Path(str(undo.facts["record"])))


def counted(undo: Undo) -> Counted:
    """Nothing counts here: the probes that go straight to the site are the proof."""
    if undo.facts["how"] != "lent":
        return Counted(ok=True, said="the site's Toxiproxy server, seen by probes")
    off = lent.closed(str(undo.facts["api"]), undo.words("proxies"))
    return Counted(ok=len(off) == len(undo.words("proxies")), said=f"{len(off)} proxies disabled")


def open_again(undo: Undo) -> str:
    """Fence, open, prove; CouldNotHeal: when fencing fails, with the way still closed."""
    name, argv, cwd = str(undo.facts["site"]), undo.words("fence"), Path(str(undo.facts["cwd"]))
    if undo.facts["how"] != "lent":
        return site.open_again(Path(str(undo.facts["record"])), site=name, fence_argv=argv, cwd=cwd)
    api = str(undo.facts["api"])
    if not lent.closed(api, undo.words("proxies")):
        return f"site {name} was whole; nothing was done"
    fence(name, argv, cwd=cwd)
    return f"site {name} is reached again: {lent.open_again(api, undo.words('proxies'))} proxies enabled"
