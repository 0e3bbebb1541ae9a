"""What the faults of links through Toxiproxy have in common: which links, the undo; laid, proven, kept, healed."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from switchdrill.containers.labels import TABLE
from switchdrill.errors import Refused
from switchdrill.fault import Counted, PutBack
from switchdrill.platform.address import split_endpoint
from switchdrill.platform.link import Link
from switchdrill.platform.model import Platform
from switchdrill.record.plan import PlannedEffect
from switchdrill.text import _, marked
from switchdrill.undo import Undo
from switchdrill_faults.links import knock, laying, proxied
from switchdrill_faults.links.chosen import chosen
from switchdrill_faults.links.knock import Baseline
from switchdrill_faults.packets import way
from switchdrill_faults.parameter import refuse_empty
from switchdrill_faults.toxiproxy import laid, lent
from switchdrill_faults.toxiproxy.laid import Wanted
from switchdrill_faults.toxiproxy.toxic import WantedToxic
from switchdrill_faults.toxiproxy.transport import ApiError

WITHIN_S = 15.0
OWN_OUTAGE_S = 1.0
"""Whoever is cut while a toxic is laid or taken off comes back within this."""
_HEAL_S = 5.0
"""A server that obeys no more is found after 3 s."""
_AT_ONCE = 16
_BASELINES: dict[str, Baseline | None] = {}
"""How each link answered before this process broke it, by its undo."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyFault(ABC):
    """A fault that is laid on the proxies that links pass first."""

    kind: ClassVar[str]
    needs: ClassVar[str] = marked("a Toxiproxy on the link: ours, or one that the site's `toxiproxy` names")
    toxic_type: ClassVar[str] = ""
    """Toxiproxy's own; empty: the proxy is closed."""
    is_for_steady: ClassVar[bool] = False
    """Only where no client abandons a transfer half-way: live connections are meant, so they can't be cut first."""
    pours_s: ClassVar[float] = 0.0
    """For how long it is measured beforehand what one connection can pass."""

    link: str
    """A link's name, or a pattern whose sites may be roles: `primary.*--standby.*`."""

    def __post_init__(self) -> None:
        refuse_empty(self, link=self.link)

    def attributes(self) -> dict[str, dict[str, int]]:
        """Of the toxic, for each stream that has one: `upstream` is from whoever connects, `downstream` back."""
        return {}

    @abstractmethod
    def shown(self, endpoint: str, before: Baseline) -> Counted:
        """What a greeting through the link shows now; asked again and again until it is ok."""

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo for each link. Refused, with the reason, where this can't be had."""
        return [self.planned(link, platform) for link in self.meant(platform)]

    def meant(self, platform: Platform) -> list[Link]:
        """A pattern means those of its links that pass a Toxiproxy, as all between sites and to viewers do; and of two
        that lead through one another the inner one, which carries both.
        """
        links = chosen(self.link, platform, where=self.where())
        carried = [link for link in links if link.hops]
        listens = {hop.listen for link in carried for hop in link.hops}
        return [link for link in carried if link.hops[-1].upstream not in listens] or links

    def inject(self, undos: Sequence[Undo]) -> None:
        """Greet through each link; then cut, change, open, link beside link. CouldNotStart."""
        at_once(self.remember, undos)
        at_once(lambda undo: laying.lay(undo, self.wanted(undo)), undos)

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:  # noqa: ARG002  # the protocol's
        """No site's probes need see it: a greeting through the link is the proof."""
        return PlannedEffect(site="", outcomes=[], within_s=WITHIN_S)

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """What a greeting through each link shows, held against the time before."""
        each = [(undo.target, one) for undo, one in zip(undos, at_once(self.proof, undos), strict=True)]
        said = each[0][1].said if len(each) == 1 else "; ".join(f"{target}: {one.said}" for target, one in each)
        return Counted(ok=all(one.ok for _target, one in each), said=said)

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:
        """What is gone from its proxy, with a server that was started anew, is laid again."""
        return [back for undo in undos for back in laying.keep(undo, self.wanted(undo))]

    @staticmethod
    def heal(undo: Undo) -> str:
        """Take our toxics off, open the proxy if it was open, and see that it is so; all else stays. CouldNotHeal."""
        return laying.take_off(undo)

    def planned(self, link: Link, platform: Platform) -> Undo:
        self.refuse_impossible(link, platform)
        facts, whose = proxied.facts_of(link, platform)
        toxic = way.table_for(self.kind, platform.id, str(platform.state), link.name).replace(TABLE, lent.OURS)
        undo = Undo(
            kind=self.kind,
            target=f"link {link.name}",
            says=f"makes link {link.name} as it was before",
            mechanism=f"{whose}, " + (f"toxics of type {self.toxic_type}" if self.toxic_type else "proxy disabled"),
            facts={
                "link": link.name,
                **facts,
                "toxic": toxic,
                "is_steady": link.is_steady,
                "listen": link.hops[0].listen,
                "speaks_at": split_endpoint(link.hops[-1].upstream)[1],
            },
            heal_limit_s=_HEAL_S,
        )
        self._refuse_what_is_there(undo)
        return undo

    def refuse_impossible(self, link: Link, platform: Platform) -> None:
        if not link.hops:
            raise self._refused(link, _("it passes no Toxiproxy"), _("LinkBlackhole can break it"))
        if platform.carried == "nobody" and platform.sites[link.hops[0].site].toxiproxy is None:
            raise Refused(
                _("nobody whom we may ask carries link {link}").format(link=link.name),
                where=self.where(),
                because=_("somebody else has started this platform, and names no Toxiproxy of its sites"),
                now=_("name theirs as `toxiproxy` of the site in the platform's file"),
            )
        if self.is_for_steady and not link.is_steady:
            raise self._refused(
                link,
                _("its clients may abandon a transfer half-way, and Toxiproxy changed under them may hang for good"),
                _("if they never do, say so in the platform's file:  steady: true"),
            )

    def wanted(self, undo: Undo) -> Wanted:
        """How the link's proxy shall be."""
        return Wanted(
            toxics=[
                WantedToxic(
                    name=f"{undo.facts['toxic']}-{stream}",
                    type=self.toxic_type,
                    stream="upstream" if stream == "upstream" else "downstream",
                    attributes=attributes,
                )
                for stream, attributes in self.attributes().items()
            ],
            is_closed=not self.toxic_type,
        )

    def proof(self, undo: Undo) -> Counted:
        """Of one link: what its server tells, and what a greeting shows."""
        if not self.is_told(undo):
            return Counted(ok=False, said="its Toxiproxy tells nothing of it")
        before = _BASELINES.get(undo.model_dump_json())
        if before is None:
            said = f"no greeting was answered at {undo.facts['listen']} before, so nothing shows what became of it"
            return Counted(ok=False, said=said)
        return self.shown(str(undo.facts["listen"]), before)

    def is_told(self, undo: Undo) -> bool:
        """By the server itself: that its proxy is as it was asked for."""
        return laying.is_laid(undo, self.wanted(undo))

    def remember(self, undo: Undo) -> None:
        """How the link answers before it is broken."""
        listen, speaks_at = str(undo.facts["listen"]), int(str(undo.facts["speaks_at"]))
        found = knock.baseline(listen, speaks_at=speaks_at, pours_s=self.pours_s)
        _BASELINES[undo.model_dump_json()] = found

    def where(self) -> str:
        return f"{type(self).__name__}(link={self.link!r})"

    def _refuse_what_is_there(self, undo: Undo) -> None:
        """On a lent server that answers: two latencies of one stream do not add up."""
        if "api" not in undo.facts or self.toxic_type != "latency":
            return
        try:
            told = laid.told(str(undo.facts["api"]), str(undo.facts["proxy"]))
        except ApiError:  # on paper it does not run yet
            return
        others = [] if told is None else self.wanted(undo).in_the_way(told)
        if others:
            raise Refused(
                _("{target} can't be broken like this").format(target=undo.target),
                where=self.where(),
                because=_("its Toxiproxy has a latency there already ({toxics}), and two do not add up").format(
                    toxics=", ".join(others)
                ),
            )

    def _refused(self, link: Link, because: str, now: str) -> Refused:
        return Refused(
            _("link {link} can't be broken like this").format(link=link.name),
            where=self.where(),
            because=because,
            now=now,
        )


def at_once(do: Callable[[Undo], Answer], undos: Sequence[Undo]) -> list[Answer]:
    """For all links side by side; the first problem is raised, after all were tried."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        begun = [pool.submit(do, undo) for undo in undos]
    return [each.result() for each in begun]
