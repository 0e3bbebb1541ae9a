"""What the faults of DNS have in common: whose answers, which questions, by what, the proof, and the way home."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from switchdrill.clock import now_ns
from switchdrill.containers.labels import TABLE
from switchdrill.errors import CouldNotHeal, SwitchdrillError
from switchdrill.fault import Counted, PutBack
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend, PlannedEffect
from switchdrill.text import _, marked
from switchdrill.undo import Fact, Undo
from switchdrill_faults.names import hold as holds
from switchdrill_faults.names import meant, over_tcp
from switchdrill_faults.names.asked import Seen, ask
from switchdrill_faults.names.hold import Hold
from switchdrill_faults.names.rule import ANY, Rule
from switchdrill_faults.packets import way
from switchdrill_faults.toxiproxy import lent

WITHIN_S = 15.0
PATIENCE_S = 0.5
_AT_HOME_S = 0.3
"""For the question after healing: whoever is behind may be lost for reasons of its own."""
_LAID: dict[str, list[Rule]] = {}
"""What this process laid, by the first rule's id: with addresses that were asked for when it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFault(ABC):
    """Answers of one resolver, or of all, are disturbed where clients ask it."""

    kind: ClassVar[str]
    needs: ClassVar[str] = marked(
        "`names` in the platform's file: a relay of ours, or its own dnsdist, in front of the resolver"
    )
    legend: ClassVar[Legend]
    says: ClassVar[str]
    """What its rules do, for people: `drops questions`."""

    resolver: str
    """An operator's name, or `authority`; `*`: every operator's, as their viewers ask them. The authority is then asked
    by resolvers as before: two delays in a row would be silence to many a resolver.
    """
    name: str = ANY
    """Questions for this name and what is below it; `*`: for every name."""
    type: str = ANY
    """Questions of this type, such as A; `*`: of every type."""
    transport: str = ANY
    """`udp`, `tcp`, or `*`: both."""
    probability: float = 1.0
    """Of these questions, so many are hit: above 0 to 1."""
    seed: int = 0
    """The same seed: the same questions are hit, counted from the beginning."""

    def __post_init__(self) -> None:
        meant.check(self)

    def plan(self, platform: Platform) -> Sequence[Undo]:
        """One undo for each front."""
        return [self._undo(each, platform) for each in holds.chosen(self.resolver, platform, where=repr(self))]

    def inject(self, undos: Sequence[Undo]) -> None:
        """Front by front, each in one word to whoever stands there."""
        for undo in undos:
            hold = holds.read(undo)
            rules = self.prepared(hold, holds.rules_of(undo))
            _LAID[rules[0].id] = rules
            _lay(undo, hold, rules)

    def effect(self, undos: Sequence[Undo]) -> PlannedEffect:  # noqa: ARG002  # the protocol's
        """No site's probes need see it: viewers keep what they know. A question of our own does."""
        return PlannedEffect(site="", outcomes=[], within_s=WITHIN_S + self.patience_s())

    def counted(self, undos: Sequence[Undo]) -> Counted:
        """Questions that met the rules, and one of our own at that very front which shows what was asked for."""
        with ThreadPoolExecutor(max(1, len(undos))) as pool:
            each = list(pool.map(self._counted_at, undos))
        return Counted(ok=all(one.ok for one in each), said="; ".join(one.said for one in each))

    def keep(self, undos: Sequence[Undo]) -> Sequence[PutBack]:
        """Rules are gone with the process that held them: once that was started anew, they are laid again."""
        return [back for undo in undos for back in _put_back(undo)]

    @staticmethod
    def heal(undo: Undo) -> str:
        """Take our rules off, see that they are gone, and ask. CouldNotHeal when that can't be seen."""
        hold = holds.read(undo)
        ids = [rule.id for rule in holds.rules_of(undo)]
        try:
            there = hold.hits()
            ours = [each for each in ids if each in (there or {})]
            left = [each for each in hold.lift(ours) if each in ids] if ours else []
        except SwitchdrillError as problem:
            raise _still_there(undo, problem.in_a_line()) from problem
        if left:
            raise _still_there(undo, _("its rules are still listed: {rules}").format(rules=", ".join(left)))
        was_slow = _is_reachable(undo, hold, there) and over_tcp.speed_up(
            hold.toxiproxy, hold.proxy, str(undo.facts["toxic"]), is_open=bool(undo.facts["is_open"])
        )
        if there is not None and not ours and not was_slow:
            return f"{undo.target} was whole; nothing was done"
        now = "; ".join(seen.says() for seen in _asked(undo, hold, patience_s=_AT_HOME_S))
        if there is None:
            return f"{hold.says()} in front of {undo.target} is gone, and its rules with it; {now}"
        return f"{undo.target} is as before; {now}"

    # What each of them says for itself

    @abstractmethod
    def rules(self, plain: Rule, platform: Platform) -> list[Rule]:
        """`plain` says which questions; what is done to them is added. Refused when this platform can't have it."""

    def prepared(self, hold: Hold, rules: list[Rule]) -> list[Rule]:  # noqa: ARG002  # for those that need it
        """The rules, with what can only be known when they are laid."""
        return rules

    @abstractmethod
    def shows(self, seen: Seen, laid: Sequence[Rule]) -> bool:
        """Whether a client that saw this met what was asked for; `laid` has what became known when it was laid."""

    def needs_toxiproxy(self, hold: Hold) -> bool:  # noqa: ARG002  # for the one that may
        """Whether TCP is disturbed before dnsdist, by a toxic. Refused where that can't be done."""
        return False

    def patience_s(self) -> float:
        """How long our own question waits."""
        return PATIENCE_S

    def asked_type(self) -> str:
        return "A" if self.type == ANY else self.type

    def _undo(self, hold: Hold, platform: Platform) -> Undo:
        table = way.table_for(self.kind, platform.id, str(platform.state), hold.resolver, repr(self))
        plain = Rule(
            id=table.replace(TABLE, lent.OURS),
            resolver=hold.resolver,
            name=self.name,
            type=self.type,
            transport=meant.transport(self.transport),
            act="silence",
            probability=self.probability,
            seed=self.seed,
        )
        rules = self.rules(plain, platform)
        toxic = plain.id if self.needs_toxiproxy(hold) else ""
        return Undo(
            kind=self.kind,
            target=f"DNS of {hold.resolver}",
            says=f"takes the rules off that are in front of DNS of {hold.resolver}",
            mechanism=hold.says() + (", and a latency toxic for TCP" if toxic else ""),
            facts={
                "hold": hold.model_dump_json(),
                "rules": [rule.model_dump_json() for rule in rules],
                "asks": [meant.example(self.name, platform), self.asked_type()],
                "over": ["udp", "tcp"] if self.transport == ANY else [self.transport],
                "toxic": toxic,
                "is_open": not toxic or over_tcp.is_open(hold.toxiproxy, hold.proxy),
            },
        )

    def _counted_at(self, undo: Undo) -> Counted:
        hold = holds.read(undo)
        planned = holds.rules_of(undo)
        laid = _LAID.get(planned[0].id, planned)
        before = hold.hits()
        if before is None or not any(rule.id in before for rule in laid):
            return Counted(ok=False, said=f"{undo.target}: no rule of ours is there")
        seen = _asked(undo, hold, patience_s=self.patience_s())
        met = sum((hold.hits() or {}).get(rule.id, 0) for rule in laid)
        said = f"{undo.target}: {met} questions met it; {'; '.join(each.says() for each in seen)}"
        return Counted(ok=met > 0 and all(self.shows(each, laid) for each in seen), said=said)


def _asked(undo: Undo, hold: Hold, *, patience_s: float) -> list[Seen]:
    name, kind = _words(undo.facts["asks"])
    with ThreadPoolExecutor(2) as pool:
        return list(
            pool.map(
                lambda transport: ask(hold.at, name, kind, transport, within_s=patience_s), _words(undo.facts["over"])
            )
        )


def _words(fact: Fact) -> list[str]:
    return fact if isinstance(fact, list) else [str(fact)]


def _lay(undo: Undo, hold: Hold, rules: Sequence[Rule]) -> None:
    hold.lay(rules)
    if undo.facts["toxic"]:
        over_tcp.slow_down(hold.toxiproxy, hold.proxy, str(undo.facts["toxic"]), rules[0])


def _put_back(undo: Undo) -> list[PutBack]:
    hold, planned = holds.read(undo), holds.rules_of(undo)
    rules = _LAID.get(planned[0].id, planned)
    gone_ns = hold.lost([rule.id for rule in rules])
    if gone_ns is None:
        return []
    _lay(undo, hold, rules)
    said = f"{hold.says()} was started anew; the rules are laid again"
    return [PutBack(undo=undo, target=undo.target, gone_ns=gone_ns, again_ns=now_ns(), said=said)]


def _is_reachable(undo: Undo, hold: Hold, there: dict[str, int] | None) -> bool:
    """Whether a toxic of ours may be there: not on a server that went with its container."""
    if not undo.facts["toxic"]:
        return False
    is_inside = hold.box is not None and (urlsplit(hold.toxiproxy).hostname or "") in hold.box.addresses
    return there is not None or not is_inside


def _still_there(undo: Undo, because: str) -> CouldNotHeal:
    return CouldNotHeal(
        _("rules in front of {target} could not be taken off").format(target=undo.target),
        where=undo.mechanism,
        because=because,
        now=_("see that it runs, or end it: its rules go with it; then:  switchdrill heal --all"),
        meanwhile=_("its answers are disturbed"),
    )
