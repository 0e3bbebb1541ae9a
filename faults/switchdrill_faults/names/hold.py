"""Where a front is taken hold of, as an undo remembers it: our relay, or the platform's dnsdist."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from switchdrill.clock import now_ns
from switchdrill.errors import Refused
from switchdrill.platform.model import Platform
from switchdrill.platform.names import AUTHORITY, Front
from switchdrill.text import _
from switchdrill.undo import Undo
from switchdrill_faults.docker.box import Box, box_of
from switchdrill_faults.names import console, relayed
from switchdrill_faults.names.rule import ANY, Rule


class Hold(BaseModel):
    """One front."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    resolver: str
    at: str
    """Where clients ask."""
    control: str = ""
    """Of the relay."""
    box: Box | None = None
    """Of dnsdist."""
    config: str = ""
    port: int = 0
    toxiproxy: str = ""
    """What questions over TCP pass before they reach dnsdist."""
    proxy: str = ""

    def says(self) -> str:
        """By what it is disturbed, for people."""
        return f"dnsdist in {self.box.name}" if self.box is not None else "the DNS relay"

    def lay(self, rules: Sequence[Rule]) -> None:
        """NotTold when they can't all be laid."""
        if self.box is None:
            relayed.lay(self.control, rules)
        else:
            console.lay(self.box, self.config, self.port, rules)
        _SEEN_NS[self.at] = now_ns()

    def lift(self, ids: Sequence[str]) -> dict[str, int]:
        """Those that were there; as `hits` afterwards. NotTold."""
        return relayed.lift(self.control, ids) if self.box is None else console.lift(self.box, self.config, ids)

    def hits(self) -> dict[str, int] | None:
        """How many questions met each rule; None: whoever held them is gone. NotTold."""
        return relayed.hits(self.control) if self.box is None else console.hits(self.box, self.config)

    def lost(self, ids: Sequence[str]) -> tuple[int, int] | None:
        """When rules of ours were last seen there, and first seen gone from one that was started anew; None: they act,
        or nobody runs who could hold them.
        """
        looked_ns = now_ns()
        if self.box is not None and not console.was_started_anew(self.box):
            _SEEN_NS[self.at] = looked_ns
            return None
        there = self.hits()
        if there is None or all(each in there for each in ids):
            _SEEN_NS[self.at] = looked_ns if there is not None else _SEEN_NS.get(self.at, looked_ns)
            return None
        return _SEEN_NS.get(self.at, looked_ns), now_ns()


_SEEN_NS: dict[str, int] = {}


def read(undo: Undo) -> Hold:
    return Hold.model_validate_json(str(undo.facts["hold"]))


def rules_of(undo: Undo) -> list[Rule]:
    """As they were planned."""
    return [Rule.model_validate_json(each) for each in undo.words("rules")]


def chosen(resolver: str, platform: Platform, *, where: str) -> list[Hold]:
    """Each front that `resolver` means. Refused, with the reason, when there is none."""
    if not platform.names:
        raise Refused(
            _("this platform's DNS can't be disturbed"),
            where=where,
            because=_("its file does not say what stands in front of its resolvers"),
            now=_("name a relay or a dnsdist under `names` in the platform's file"),
        )
    found = [
        front
        for front in platform.names
        if front.resolver == resolver or (resolver == ANY and front.resolver != AUTHORITY)
    ]
    if not found:
        raise Refused(
            _("nothing that we may ask stands in front of resolver {resolver}").format(resolver=resolver),
            where=where,
            because=_("there are {known}").format(known=", ".join(front.resolver for front in platform.names)),
        )
    return [_hold(front, platform, where=where) for front in found]


def _hold(front: Front, platform: Platform, *, where: str) -> Hold:
    at = platform.asked_at(front.resolver) or ""
    if front.relay is not None:
        return Hold(resolver=front.resolver, at=at, control=front.relay.control)
    told = front.dnsdist
    service = next((each for each in platform.services if told is not None and each.name == told.service), None)
    box = None if service is None else box_of(service, platform)
    if told is None or box is None:
        raise Refused(
            _("the dnsdist in front of resolver {resolver} can't be reached").format(resolver=front.resolver),
            where=where,
            because=_("its service is no container that was found"),
            now=_("say in the platform's file which container it is:  container: ..."),
        )
    return Hold(
        resolver=front.resolver,
        at=at,
        box=box,
        config=told.config,
        port=told.port or int(at.rpartition(":")[2]),
        toxiproxy=told.tcp.toxiproxy if told.tcp is not None else "",
        proxy=told.tcp.proxy if told.tcp is not None else "",
    )
