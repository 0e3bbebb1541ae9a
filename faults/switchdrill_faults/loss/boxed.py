"""A site that is containers: frozen, cut off at its border, or cut off and killed; brought back behind a fence."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from switchdrill.errors import CouldNotHeal
from switchdrill.fault import Counted, PutBack
from switchdrill.platform.model import Platform
from switchdrill.undo import Fact, Undo
from switchdrill_faults.docker import box, breaking, home, woken
from switchdrill_faults.docker.box import Box
from switchdrill_faults.fence import fence
from switchdrill_faults.packets import choosing, way
from switchdrill_faults.packets.rule import Act
from switchdrill_faults.toxiproxy import lent

_ACTS: dict[str, Act] = {"fast_fail": "reject", "blackhole": "drop", "power_off": "drop"}
_BREAK_BOXES = ("stall", "power_off")


def planned(site: str, shape: str, platform: Platform, boxes: Sequence[Box], table: str) -> tuple[dict[str, Fact], str]:
    """The facts of the undo, and the mechanism in a line. NoWay, with every reason, when the shape can't be made."""
    facts: dict[str, Fact] = {"how": "boxes", "boxes": box.write(boxes), "front": _front(site, platform, boxes)}
    mechanisms: list[str] = []
    if shape in _ACTS:
        try:
            laid = choosing.around(
                boxes,
                act=_ACTS[shape],
                seen_at=platform.sites[site].address,
                dialled=dialled_by_others(site, platform),
                table=table,
                hows=("host", "disconnect") if shape == "power_off" else ("host", "inside", "disconnect"),
            )
            facts["packets"] = laid.model_dump_json()
            mechanisms.append(laid.says())
        except choosing.NoWay:
            api = platform.sites[site].toxiproxy
            if shape != "fast_fail" or api is None:
                raise
            facts["api"], facts["proxies"] = api, lent.proxies_of(site, platform)
            mechanisms.append("the platform's own Toxiproxy, its proxies disabled")
    if shape in _BREAK_BOXES:
        box.refuse_vanishing(boxes, where=f"SiteLoss(site={site!r}, shape={shape!r})")
        done = "pause" if shape == "stall" else "kill"
        mechanisms.append(f"docker {done} of {box.counted_as(list(boxes))}")
    return facts, ", ".join(mechanisms)


def dialled_by_others(site: str, platform: Platform) -> list[str]:
    """Where another site's Toxiproxy dials in: the second hop of a link that begins elsewhere."""
    second = [hop for link in platform.links for hop in link.hops[1:]]
    return [hop.listen for hop in second if hop.site == site]


def break_it(undo: Undo, shape: str) -> None:
    """The way is closed before anything is killed, so that nobody sees half of it."""
    boxes = _front_first(undo)
    laid = way.read(undo)
    if laid is not None:
        way.lay(laid)
    elif shape == "fast_fail":
        lent.close(str(undo.facts["api"]), undo.words("proxies"))
    if shape == "stall":
        breaking.pause(boxes)
    if shape == "power_off":
        breaking.kill(boxes)


def counted(undo: Undo, shape: str) -> Counted:
    """What the packet filter counted, and how many containers are frozen or gone."""
    boxes, laid = box.read(undo), way.read(undo)
    shown: list[Counted] = [] if laid is None else [way.counted(laid)]
    if shape == "fast_fail" and laid is None:
        names = undo.words("proxies")
        off = lent.closed(str(undo.facts["api"]), names)
        shown.append(Counted(ok=len(off) == len(names), said=f"{len(off)} of {len(names)} proxies disabled"))
    if shape in _BREAK_BOXES:
        wanted = "paused" if shape == "stall" else "exited"
        states = [found is not None and found.state == wanted for found in breaking.states(boxes).values()]
        shown.append(Counted(ok=all(states), said=f"{sum(states)} of {len(states)} containers {wanted}"))
    return Counted(ok=all(each.ok for each in shown), said=", ".join(each.said for each in shown))


def put_back(undo: Undo) -> list[PutBack]:
    """A container that somebody woke or started is broken again."""
    shape = str(undo.facts["shape"])
    return woken.put_back(undo, "paused" if shape == "stall" else "exited") if shape in _BREAK_BOXES else []


def open_again(undo: Undo) -> str:
    """Kill what is frozen, fence, start, open the way, wait until it serves; says what was done.

    A site that is whole is left alone, and so is one that ended with its platform. CouldNotHeal: when fencing fails,
    with the way still closed. A shape that breaks no container needs no engine: a rule of this host comes off while
    that hangs.
    """
    broken = box.read(undo) if undo.facts["shape"] in _BREAK_BOXES else []
    site, argv = str(undo.facts["site"]), undo.words("fence")
    if _has_ended(undo, broken):
        if way.read(undo) is not None:
            _open(undo)
        return f"site {site} ended with its platform"
    before = _what_is_wrong(undo, broken)
    if not before:
        home.wait_until_whole(broken)
        return f"site {site} was whole; nothing was done"
    killed = home.kill_frozen(broken)
    fence(site, argv, cwd=Path(str(undo.facts["cwd"])))
    try:
        started = home.start(broken)
    finally:  # it is fenced: whatever of it can't be started, the rest may be reached
        opened = _open(undo)
    home.wait_until_whole(broken)
    did = [f"{killed} frozen container(s) killed"] if killed else []
    did += ["fenced"] if argv else []
    did += started
    did += [opened] if opened else []
    return f"site {site} serves again: {', '.join(did)} (before: {'; '.join(before)})"


def _has_ended(undo: Undo, broken: Sequence[Box]) -> bool:
    if broken:
        return home.is_gone_with_its_platform(broken)
    try:
        return home.is_gone_with_its_platform(box.read(undo), within_s=0)
    except CouldNotHeal:  # an engine that hangs has not ended
        return False


def _what_is_wrong(undo: Undo, broken: Sequence[Box]) -> list[str]:
    found = [f"{each.name} is frozen" for each in home.frozen(broken)]
    found += [f"{each.name} does not run" for each in home.ended(broken)]
    laid = way.read(undo)
    if laid is not None and way.may_be_laid(laid):
        found.append(f"packets are stopped by {laid.says()}")
    if "api" in undo.facts:
        try:
            found += ["proxies are disabled"] if lent.closed(str(undo.facts["api"]), undo.words("proxies")) else []
        except CouldNotHeal:
            found.append("the platform's own Toxiproxy does not answer")
    return found


def _open(undo: Undo) -> str:
    laid = way.read(undo)
    if laid is not None:
        return way.heal(laid)
    if "api" in undo.facts:
        return f"{lent.open_again(str(undo.facts['api']), undo.words('proxies'))} proxies enabled"
    return ""


def _front(site: str, platform: Platform, boxes: Sequence[Box]) -> str:
    """The container that others meet first: it carries the site's links. Empty: none is known to."""
    api = platform.sites[site].toxiproxy
    at = {platform.sites[site].address, (urlsplit(api).hostname or "") if api else ""}
    return next((each.name for each in boxes if at & set(each.addresses)), "")


def _front_first(undo: Undo) -> list[Box]:
    front = str(undo.facts["front"])
    return sorted(box.read(undo), key=lambda each: each.name != front)
