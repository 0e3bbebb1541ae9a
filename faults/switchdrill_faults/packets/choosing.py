"""Which way a rule is laid: what the host allows, best first, and every reason when it allows none."""

from collections.abc import Sequence

from switchdrill.containers.engine import reach
from switchdrill.containers.found import Attached, Found
from switchdrill.containers.labels import HELPER
from switchdrill.errors import Refused, SwitchdrillError
from switchdrill.machine.netem import why_no_netem
from switchdrill.platform.address import split_endpoint
from switchdrill.text import _
from switchdrill_faults.docker.box import Box
from switchdrill_faults.packets import chance, grounds, netem, this_machine
from switchdrill_faults.packets.nft import Beside, Ground, Here, devices_of
from switchdrill_faults.packets.rule import Act, Border, Flow
from switchdrill_faults.packets.skill import lacking
from switchdrill_faults.packets.way import How, Plug, Post, Way


class NoWay(Refused):
    """Neither this host nor the engine allows it. `because` has every reason."""


def around_address(address: str, *, act: Act, dialled: Sequence[str], spared: Sequence[str], table: str) -> Way:
    """The border of one address of this machine itself. NoWay when this host does not allow it."""
    rule = Border(act=act, inside=[address], outer=[address], dialled=list(dialled), spared=list(spared))
    return _here(rule, table)


def around(
    boxes: Sequence[Box],
    *,
    act: Act,
    seen_at: str,
    dialled: Sequence[str],
    table: str,
    hows: Sequence[How] = ("host", "inside", "disconnect"),
) -> Way:
    """The border of a group of containers. `seen_at`: where others reach it, whatever else is found. `hows`: which
    ways will do. NoWay.
    """
    found = _found(boxes)
    inside = sorted({address for box in boxes for address in _addresses(box, found.get(box.name))})
    if not inside:
        raise _no_way([_("its containers have no addresses of their own")])
    outer = [address for address in inside if address == seen_at or address in _outer(boxes, found)] or inside
    rule = Border(act=act, inside=inside, outer=outer, dialled=list(dialled))
    whys: list[str] = []
    why = _why_not_host(boxes, found)
    if not why:
        return Way(how="host", table=table, rule=rule)
    whys.append(why)
    others = [each for each in found.values() if each is not None]
    edge = [box for box in boxes if set(_addresses(box, found.get(box.name))) & set(outer)]
    if "inside" in hows:
        posts, why = _posts(edge, found, others)
        if posts:
            return Way(how="inside", table=table, rule=rule, posts=posts)
        whys.append(why)
    if "disconnect" in hows and act == "drop":
        plugs, why = _plugs(edge, found, outer)
        if plugs:
            return Way(how="disconnect", table=table, rule=rule, plugs=plugs)
        whys.append(why)
    raise _no_way(whys)


def towards(rule: Flow, receivers: Sequence[Box], all_boxes: Sequence[Box], *, table: str) -> Way:
    """A flow to some endpoints. `receivers`: the containers that have them; none: this machine has them. NoWay."""
    if rule.act == "shape":
        return _through_netem(rule, receivers, table)
    why = lacking(*chance.skills(rule)) if rule.act in chance.ACTS else ""
    if why:
        raise _no_way([why])
    if not receivers:
        return _here(rule, table)
    found = _found(receivers)
    why = _why_not_host(receivers, found)
    if not why:
        return Way(how="host", table=table, rule=rule)
    posts, second = _posts(receivers, found, [each for each in _found(all_boxes).values() if each is not None])
    if posts:
        return Way(how="inside", table=table, rule=rule, posts=posts)
    raise _no_way([why, second])


def _through_netem(rule: Flow, receivers: Sequence[Box], table: str) -> Way:
    """In the receivers' own network namespaces, which must be this machine's; or on its loopback."""
    why = why_no_netem()
    if why:
        raise _no_way([why])
    if not receivers:
        hosts = [split_endpoint(each)[0] for each in rule.to]
        if not this_machine.is_loopback(hosts):
            raise _no_way([_("netem on this host itself is laid on its loopback only")])
        _refuse_taken(Here(), ["lo"])
        return Way(how="host", table=table, rule=rule)
    posts: list[Post] = []
    for name, one in _found(receivers).items():
        box = next(each for each in receivers if each.name == name)
        if not box.where.is_local or (one is not None and not grounds.can_enter(one)):
            far = _("netem needs root on the machine of container {name}, which is not this one")
            raise _no_way([far.format(name=name)])
        if one is not None:
            ground = Beside(pid=one.pid, name=name)
            _refuse_taken(ground, devices_of(ground))
        posts.append(Post(name=name, id=one.id if one else "", pid=one.pid if one else 0, where=box.where))
    return Way(how="inside", table=table, rule=rule, posts=posts)


def _refuse_taken(ground: Ground, devices: Sequence[str]) -> None:
    why = netem.why_taken(ground, devices)
    if why:
        raise _no_way([f"{ground.where()}: {why}"])


def _here(rule: Border | Flow, table: str) -> Way:
    why = grounds.why_not_here()
    if why:
        raise _no_way([why])
    return Way(how="host", table=table, rule=rule)


def _found(boxes: Sequence[Box]) -> dict[str, Found | None]:
    """By name; on paper nothing is there yet."""
    try:
        there = {box.name: box.engine().find(box.name) for box in boxes}
    except SwitchdrillError as problem:
        raise _no_way([str(problem)]) from problem
    for name, found in there.items():
        if found is not None and not found.owns_network:
            shared = _("container {name} uses a network that is not its own: a rule there would meet others, too")
            raise _no_way([shared.format(name=name)])
    return there


def _addresses(box: Box, found: Found | None) -> list[str]:
    return list(found.addresses) if found is not None and found.addresses else box.addresses


def _outer(boxes: Sequence[Box], found: dict[str, Found | None]) -> list[str]:
    """Addresses on networks where others are, too, or may come from outside. All of them while nothing is there."""
    group = {each.id for each in found.values() if each is not None}
    outer: list[str] = []
    for box in boxes:
        one = found.get(box.name)
        if one is None:
            outer += box.addresses
            continue
        outer += [each.address for each in one.networks if _is_outer(box, each, group)]
    return outer


def _is_outer(box: Box, attached: Attached, group: set[str]) -> bool:
    network = box.engine().network(attached.network)
    return not network.is_internal or not set(network.members) <= group


def _why_not_host(boxes: Sequence[Box], found: dict[str, Found | None]) -> str:
    for endpoint in {box.where for box in boxes}:
        there = [each for box in boxes if box.where == endpoint and (each := found.get(box.name)) is not None]
        why = grounds.why_not_on_bridges(endpoint, reach(endpoint) if there else None, there)
        if why:
            return why
    return ""


def _posts(boxes: Sequence[Box], found: dict[str, Found | None], others: Sequence[Found]) -> tuple[list[Post], str]:
    """Where a rule inside containers is laid; or why it can't be. On paper it is promised."""
    posts: list[Post] = []
    for box in boxes:
        one = found.get(box.name)
        if one is None:
            posts.append(Post(name=box.name, id="", pid=0, where=box.where))
            continue
        image = "" if grounds.can_enter(one) else grounds.helper_image(box.engine(), one, others)
        if not image and not grounds.can_enter(one):
            needed = _(
                "no image on {engine} has nft: label one that has it {label}, or put nftables into an image of it"
            )
            return [], needed.format(engine=box.where.resolved(), label=HELPER)
        posts.append(Post(name=box.name, id=one.id, pid=one.pid, where=box.where, image=image))
    return posts, ""


def _plugs(boxes: Sequence[Box], found: dict[str, Found | None], outer: Sequence[str]) -> tuple[list[Plug], str]:
    plugs: list[Plug] = []
    for box in boxes:
        one = found.get(box.name)
        if one is None:
            return [], _("container {name} is not there").format(name=box.name)
        for each in one.networks:
            if each.address not in outer:
                continue
            if not each.is_fixed:
                return [], _(
                    "container {name} has no fixed address in {network}: taken off it, it would come back with another"
                ).format(name=box.name, network=each.network)
            plugs.append(
                Plug(
                    container=box.name,
                    id=one.id,
                    where=box.where,
                    network=each.network,
                    address=each.address,
                    aliases=list(each.aliases),
                )
            )
    return plugs, ""


def _no_way(whys: Sequence[str]) -> NoWay:
    return NoWay(_("there is no packet path that a rule could be laid on"), because="\n".join(whys))
