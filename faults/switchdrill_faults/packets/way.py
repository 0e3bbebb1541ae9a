"""One rule and how it is laid: on this host, inside containers, or by taking containers off their networks.

Everything stands in the undo before the first packet is disturbed, so that any process can take it back: a table is
made and deleted by its name, which no other undo has.
"""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from switchdrill.clock import now_ns
from switchdrill.containers.endpoint import Endpoint
from switchdrill.containers.engine import Engine, EngineError, reach
from switchdrill.containers.found import Found
from switchdrill.containers.labels import TABLE
from switchdrill.errors import BadInput, CouldNotHeal, CouldNotStart, SwitchdrillError
from switchdrill.fault import Counted, PutBack
from switchdrill.machine import network
from switchdrill.machine.network import NetworkName
from switchdrill.text import _
from switchdrill.undo import Undo
from switchdrill_faults.packets import grounds, nft, proof
from switchdrill_faults.packets.rule import Rule
from switchdrill_faults.packets.tool import tool_for

How = Literal["host", "inside", "disconnect"]
Answer = TypeVar("Answer")
_RUNS = ("running", "paused")
_AT_ONCE = 8
_KNOWN: dict[str, tuple[str, int]] = {}
"""When each rule in a container was last seen there, and since when that container ran: for `keep`, in the process that
laid it."""


class Post(BaseModel):
    """A container in whose network namespace the rule lies."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    id: str
    pid: int
    where: Endpoint
    image: str = ""
    """With nft, for helpers; none when this machine can enter the namespace itself."""


class Plug(BaseModel):
    """One network that a container is taken off, and how it is put back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    container: str
    id: str = ""
    where: Endpoint
    network: str
    address: str
    aliases: list[str]


class Way(BaseModel):
    """A rule, and where and how it is laid."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    how: How
    table: str
    rule: Rule
    posts: list[Post] = []
    plugs: list[Plug] = []
    network: NetworkName | None = Field(default_factory=network.own)
    """For `host`: the network namespace of the run's own that it lies in; None: this machine's."""

    def says(self) -> str:
        """For people, in a record."""
        named = tool_for(self.rule).NAMED
        if self.how == "host":
            return (
                f"{named} on this host" if self.network is None else f"{named} in a network namespace of the run's own"
            )
        if self.how == "inside":
            return f"{named} in the network namespace of {_few([each.name for each in self.posts])}"
        return f"docker network disconnect of {_few(sorted({each.container for each in self.plugs}))}"


class Again(BaseModel):
    """A rule in a container that had gone, and was laid again."""

    model_config = ConfigDict(frozen=True)

    container: str
    gone_ns: tuple[int, int]
    again_ns: int


def table_for(*parts: str) -> str:
    """The name of a table that no other undo has."""
    return TABLE + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def read(undo: Undo) -> Way | None:
    """As `plan` wrote it into the facts; None: this undo has no packet path."""
    text = undo.facts.get("packets", "")
    return Way.model_validate_json(str(text)) if text else None


def of(undo: Undo) -> Way:
    """As `read`, of an undo that must have one. BadInput when it has none."""
    way = read(undo)
    if way is None:
        raise BadInput(_("this undo has no packet path"), where=undo.target)
    return way


def lay(way: Way) -> None:
    """CouldNotStart when it can't be laid everywhere; what is laid until then is taken away by `heal`."""
    if way.how == "host":
        tool_for(way.rule).lay(grounds.of_host(way.network), way.rule, way.table, "host")
        _KNOWN[way.table] = ("", now_ns())
    _at_once(way.posts, partial(_lay_in, way))
    for plug in way.plugs:
        reach(plug.where).detach(plug.network, plug.container)


def _lay_in(way: Way, post: Post) -> None:
    found = _running(post)
    if found is None:
        raise CouldNotStart(
            _("a rule can't be laid in a container that does not run"),
            where=f"{post.name}, {post.where.resolved()}",
        )
    tool_for(way.rule).lay(_ground(post, found), way.rule, way.table, "inside")
    _KNOWN[f"{way.table}/{post.name}"] = (found.started, now_ns())


def lay_anew(way: Way) -> None:
    """In place of what lies there under the same name, in one transaction in each place. CouldNotStart."""
    if way.how == "host":
        tool_for(way.rule).lay_again(grounds.of_host(way.network), way.rule, way.table, "host")
        _KNOWN[way.table] = ("", now_ns())
    _at_once(way.posts, partial(_lay_anew_in, way))


def _lay_anew_in(way: Way, post: Post) -> None:
    """A container that does not run has no rule; when it does again, `keep` lays it."""
    found = _running(post)
    if found is not None:
        tool_for(way.rule).lay_again(_ground(post, found), way.rule, way.table, "inside")


def _at_once(posts: Sequence[Post], do: Callable[[Post], Answer]) -> list[Answer]:
    """For all of them side by side: behind helper containers each takes half a second, and a site is to be lost at
    once. The first problem is raised, after all were tried.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        begun = [pool.submit(do, post) for post in posts]
    return [each.result() for each in begun]


def is_laid(way: Way) -> bool:
    """Whether anything of it is still there. SwitchdrillError when that can't be seen."""
    if way.how == "disconnect":
        return any(_off(plug) is not None for plug in way.plugs)
    return any(tool_for(way.rule).is_there(ground, way.table) for ground in _reached(way))


def may_be_laid(way: Way) -> bool:
    """As `is_laid`; what can't be seen is to be taken away as if it were there."""
    try:
        return is_laid(way)
    except SwitchdrillError:
        return True


def counted(way: Way) -> Counted:
    """Packets that met the rule until now, wherever it lies."""
    if way.how == "disconnect":
        off = sum(_off(plug) is not None for plug in way.plugs)
        return Counted(ok=off == len(way.plugs), said=f"{off} of {len(way.plugs)} networks disconnected")
    return proof.of(way.rule, _counts(way))


def _counts(way: Way) -> list[dict[str, int]]:
    """What each counter shows, wherever the rule lies."""
    counts = _at_once(way.posts, partial(_counted_in, way))
    if way.how == "host":
        counts.append(tool_for(way.rule).counted(grounds.of_host(way.network), way.rule, way.table) or {})
    return counts


def _counted_in(way: Way, post: Post) -> dict[str, int]:
    found = _running(post)
    return {} if found is None else tool_for(way.rule).counted(_ground(post, found), way.rule, way.table) or {}


def counted_in(undos: Sequence[Undo]) -> Counted:
    """All of them together. ok when each has met a packet; a share of packets is shown by all links together, since
    some of them may be idle: none may contradict it.
    """
    ways = [of(undo) for undo in undos]
    if len(ways) > 1 and all(proof.is_of_share(each.rule) and each.how != "disconnect" for each in ways):
        return proof.of_all(ways[0].rule, {undo.target: _counts(way) for undo, way in zip(undos, ways, strict=True)})
    each = [(undo.target, counted(way)) for undo, way in zip(undos, ways, strict=True)]
    said = each[0][1].said if len(each) == 1 else "; ".join(f"{target}: {one.said}" for target, one in each)
    return Counted(ok=all(one.ok for _target, one in each), said=said)


def keep(way: Way) -> list[Again]:
    """Look whether it is still there, and lay again what has gone with the namespace of a container that was started
    anew. CouldNotStart when that can't be done.
    """
    again: list[Again] = []
    if way.how == "host":
        _started, seen_ns = _KNOWN.get(way.table, ("", now_ns()))
        looked_ns = now_ns()
        ground, tool = grounds.of_host(way.network), tool_for(way.rule)
        if tool.counted(ground, way.rule, way.table) is None:  # somebody's firewall was loaded anew
            tool.lay_again(ground, way.rule, way.table, "host")
            again.append(Again(container="", gone_ns=(seen_ns, looked_ns), again_ns=now_ns()))
        _KNOWN[way.table] = ("", now_ns())
    for post in way.posts:
        key = f"{way.table}/{post.name}"
        looked_ns = now_ns()
        found = _running(post)
        if found is None:  # it does not run: when it does again, its namespace is a new one
            continue
        started, seen_ns = _KNOWN.get(key, (found.started, looked_ns))
        if found.started != started:
            gone_ns = now_ns()
            try:
                was_laid = _lay_again(post, found, way)
            except SwitchdrillError:
                if _running(post) == found:
                    raise
                continue  # it has gone down once more: the next look will find it
            if was_laid:
                again.append(Again(container=post.name, gone_ns=(seen_ns, gone_ns), again_ns=now_ns()))
            looked_ns = now_ns()
        _KNOWN[key] = (found.started, looked_ns)
    return again


def _lay_again(post: Post, found: Found, way: Way) -> bool:
    """False: it is there, since somebody else was quicker."""
    ground, tool = _ground(post, found), tool_for(way.rule)
    if tool.counted(ground, way.rule, way.table) is not None:
        return False
    tool.lay_again(ground, way.rule, way.table, "inside")
    return True


def put_back(undo: Undo) -> list[PutBack]:
    """`keep` for the way in an undo, as the engine records it; nothing when it has none."""
    way = read(undo)
    return [
        PutBack(
            undo=undo,
            target=f"container {each.container}" if each.container else "this host",
            gone_ns=each.gone_ns,
            again_ns=each.again_ns,
            said="the container was started anew, and the rule was laid again"
            if each.container
            else "the table was gone, and was laid again",
        )
        for each in (keep(way) if way is not None else [])
    ]


def heal(way: Way) -> str:
    """Take the rule away wherever it lies, and see that it is gone; fine when it is. CouldNotHeal when it is not."""
    problems: list[SwitchdrillError] = []
    done = 0
    if way.how == "host":
        if not grounds.is_there(way.network):
            return f"its network namespace is gone, and the rule with it ({way.says()})"
        try:
            return _says(tool_for(way.rule).take_away(grounds.of_host(way.network), way.table), way)
        except CouldNotStart as problem:
            raise _not_open(way, problem) from problem
    try:
        done += sum(_at_once(way.posts, partial(_take_from, way)))
    except SwitchdrillError as problem:
        problems.append(problem)
    for plug in way.plugs:
        try:
            done += _plug_in(plug)
        except SwitchdrillError as problem:
            problems.append(problem)
    if problems:
        raise problems[0] if isinstance(problems[0], CouldNotHeal) else _not_open(way, problems[0])
    return _says(done > 0, way)


def _take_from(way: Way, post: Post) -> bool:
    """By the process that was recorded, which needs no engine; else as the engine tells."""
    recorded = Found(
        name=post.name, id=post.id, state="running", pid=post.pid, started="", exit_code=0, image="", image_id="",
        labels={}, networks=(),
    )  # fmt: skip
    if grounds.can_enter(recorded):
        return tool_for(way.rule).take_away(nft.Beside(pid=post.pid, name=post.name), way.table)
    found = _running(post)
    return False if found is None else tool_for(way.rule).take_away(_ground(post, found), way.table)


def _plug_in(plug: Plug) -> bool:
    found = _off(plug)
    if found is None:
        return False
    reach(plug.where).attach(plug.network, found.id, address=plug.address, aliases=plug.aliases)
    return True


def _off(plug: Plug) -> Found | None:
    """The container, while it is not in that network."""
    found = reach(plug.where).find(plug.container, or_id=plug.id)
    return found if found is not None and plug.network not in [each.network for each in found.networks] else None


def _reached(way: Way) -> list[nft.Ground]:
    if way.how == "host":
        return [grounds.of_host(way.network)] if grounds.is_there(way.network) else []
    found = [(post, _running(post)) for post in way.posts]
    return [_ground(post, each) for post, each in found if each is not None]


def _running(post: Post) -> Found | None:
    """The container as it runs now; None when it does not, or is gone: its rule is gone with it."""
    found = reach(post.where).find(post.name, or_id=post.id)
    return found if found is not None and found.state in _RUNS else None


def _ground(post: Post, found: Found) -> nft.Ground:
    engine: Engine = reach(post.where)
    if not post.image and not grounds.can_enter(found):
        raise EngineError(
            _("no rule can be laid in container {name}").format(name=post.name),
            because=grounds.why_not_here() or _("it is no container of this machine"),
        )
    return grounds.inside(engine, found, post.image)


def _says(was_there: bool, way: Way) -> str:
    done = "packets pass again" if was_there else "no rule was there; nothing was done"
    return f"{done} ({way.says()})"


def _few(names: Sequence[str]) -> str:
    return f"{len(names)} containers" if len(names) > 2 else ", ".join(names)


def _not_open(way: Way, problem: SwitchdrillError) -> CouldNotHeal:
    return CouldNotHeal(
        _("the packet path could not be opened again"),
        where=way.says(),
        because=str(problem),
        now=problem.now or _("mend that, then:  switchdrill heal --all"),
        meanwhile=_("packets are still dropped"),
    )
