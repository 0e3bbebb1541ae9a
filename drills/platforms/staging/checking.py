"""`check`: is everything as after a fresh start? Every line it gives back is one thing that is not."""

import uuid
from collections.abc import Iterator

import dns.exception
import dns.message
import dns.query
from decree import part_of
from settings import Settings, settings_of

from switchdrill.clock import wait_until
from switchdrill.errors import DeadlinePassed
from switchdrill.platform.address import split_endpoint
from switchdrill.platform.asking import CommandFailed, ask
from switchdrill.platform.model import Platform

REPLICATED_S = 1.0
ANSWERED_S = 1.0
ROOM = "/rooms/room1"


def wrong(platform: Platform) -> list[str]:
    """One line for each thing that is wrong; empty: primary active and writable, standby in step, nothing held."""
    settings = settings_of(platform)
    primary = platform.site_with_role("primary")
    standby = platform.site_with_role("standby")
    found: list[str] = []
    for look in (
        _agent(settings, primary, standby),
        _gslb(settings, primary),
        _names(platform, primary),
        *(_border(platform, site) for site in (primary, standby)),
        *(_health(settings, site) for site in (primary, standby)),
        _writes(settings, primary, standby),
        _rooms(settings, primary, standby),
    ):
        try:
            found += look
        except CommandFailed as problem:
            found.append(f"{problem.what}: {problem.because}")
    return found


def _agent(settings: Settings, primary: str, standby: str) -> Iterator[str]:
    state = ask(settings.agent, "GET", "/state").told()
    active, down = part_of(state, "decree", "active"), part_of(state, "decree", "down")
    if active != primary:
        yield f"{active or 'nobody'} is active, not {primary}"
    if down:
        yield f"declared down, or not caught up yet: {down}"
    if state.get("in_step") is not True:
        yield "the standby is not in step"
    for site, plays in ((primary, "active"), (standby, "standby")):
        seen = part_of(state, "sites", site)
        seen_plays, epoch = part_of(seen, "plays"), part_of(seen, "epoch")
        if seen_plays != plays or epoch != part_of(state, "decree", "epoch"):
            yield f"site {site} plays {seen_plays} at epoch {epoch}: {part_of(seen, 'says')}"
        if part_of(seen, "trouble"):
            yield f"site {site} failed its last check: {part_of(seen, 'trouble')}"


def _gslb(settings: Settings, primary: str) -> Iterator[str]:
    states = ask(settings.gslb, "GET", "/states").told()
    if states.get("answering") != primary:
        yield f"the GSLB answers {states.get('answering')}, not {primary}"
    sites = states.get("sites")
    for site, each in sites.items() if isinstance(sites, dict) else ():
        if part_of(each, "held") or part_of(each, "forced"):
            yield f"the GSLB holds {site} down"
        if part_of(each, "real") != "UP":
            yield f"the GSLB sees {site} {part_of(each, 'real')}"


def _names(platform: Platform, primary: str) -> Iterator[str]:
    """Every resolver sends its viewers to the primary; a slow one does so later than the others."""
    wanted = platform.sites[primary].address
    servers = {name: (each.resolver, each.source) for name, each in platform.operators.items() if each.resolver}
    if platform.authority is not None:
        servers["authority"] = (platform.authority, None)
    for entry in sorted({entry.name for entry in platform.entries.values()}):
        question = dns.message.make_query(entry, "A")
        for name, (server, source) in servers.items():
            host, port = split_endpoint(server)
            try:
                answer = dns.query.udp(question, host, port=port, timeout=ANSWERED_S, source=source)
            except (dns.exception.DNSException, OSError) as problem:
                yield f"{name} does not answer for {entry}: {type(problem).__name__}"
                continue
            found = sorted(str(record) for each in answer.answer for record in each)
            if found != [wanted]:
                yield f"{name} answers {', '.join(found) or 'nothing'} for {entry}, not {wanted}"


def _border(platform: Platform, site: str) -> Iterator[str]:
    lent = platform.sites[site].toxiproxy or ""
    proxies = ask(lent.removeprefix("http://").rstrip("/"), "GET", "/proxies").told()
    wanted = {
        name
        for link in platform.links
        if link.hops
        for name, hop in zip(link.hop_names(), link.hops, strict=True)
        if hop.site == site
    }
    if missing := wanted - set(proxies):
        yield f"the border of {site} does not carry {', '.join(sorted(missing))}"
    for name, proxy in proxies.items():
        if part_of(proxy, "enabled") is not True:
            yield f"the border of {site} refuses {name}"
        if part_of(proxy, "toxics"):
            yield f"the border of {site} disturbs {name}"


def _health(settings: Settings, site: str) -> Iterator[str]:
    reply = ask(settings.api(site), "GET", "/health/deep")
    if reply.status == 200:
        return
    parts = part_of(reply.told(), "parts")
    ill = (
        {name: part_of(part, "says") for name, part in parts.items() if not part_of(part, "ok")}
        if isinstance(parts, dict)
        else {}
    )
    yield f"site {site} is not well: " + "; ".join(f"{name}: {says}" for name, says in ill.items())


def _writes(settings: Settings, primary: str, standby: str) -> Iterator[str]:
    """The primary takes a gift, the standby has it within a second, and takes none itself."""
    key = f"check-{uuid.uuid4().hex}"
    taken = ask(settings.api(primary), "POST", "/gifts", {"id": key, "amount": 1})
    if taken.status != 200:
        yield f"{primary} does not take a gift: {taken.text()}"
        return

    def has() -> bool:
        return bool(ask(settings.api(standby), "GET", f"/gifts?prefix={key}").told().get("records"))

    try:
        wait_until(has, within_s=REPLICATED_S, every_s=0.1, what="the gift at the standby")
    except DeadlinePassed:
        yield f"a gift that {primary} took is not at {standby} after {REPLICATED_S:g} s"
    refused = ask(settings.api(standby), "POST", "/gifts", {"id": f"{key}-twin", "amount": 1})
    if refused.status != 409:
        yield f"{standby} is no standby: it answers a gift with {refused.text()}"


def _rooms(settings: Settings, primary: str, standby: str) -> Iterator[str]:
    known = {site: ask(settings.api(site), "GET", ROOM) for site in (primary, standby)}
    for site, reply in known.items():
        if reply.status != 200:
            yield f"site {site} does not know its room: {reply.text()}"
    if known[primary].told() != known[standby].told():
        yield "the sites differ in their room's metadata"
