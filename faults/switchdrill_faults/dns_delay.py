"""DNS that answers late."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from switchdrill.errors import BadInput, Refused
from switchdrill.fault import EXAMPLE
from switchdrill.platform.model import Platform
from switchdrill.record.plan import Legend
from switchdrill.text import _, marked
from switchdrill_faults.names import meant
from switchdrill_faults.names.asked import Seen
from switchdrill_faults.names.fault import PATIENCE_S, NameFault
from switchdrill_faults.names.hold import Hold
from switchdrill_faults.names.rule import ANY, Rule

_FINEST_MS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsDelay(NameFault):
    """Every answer comes `delay` later, give or take `jitter`.

    dnsdist delays UDP; over TCP the Toxiproxy before it does, which knows no names and is cut for a moment when it
    begins and when it ends.
    """

    kind: ClassVar[str] = "dns-delay"
    legend: ClassVar[Legend] = Legend(
        name=marked("Slow DNS"),
        looks_like=marked("names are answered late; connections of DNS over TCP may be cut once"),
        pattern="dots",
    )

    delay: str = field(metadata={EXAMPLE: "200ms"})
    jitter: str = "0ms"

    def __post_init__(self) -> None:
        NameFault.__post_init__(self)
        delay_ms, jitter_ms = self._ms()
        if not 0 <= jitter_ms <= delay_ms or delay_ms == 0:
            raise BadInput(
                _(
                    "DnsDelay: a delay above zero is expected, and a jitter no longer than it, not {delay} and {jitter}"
                ).format(delay=self.delay, jitter=self.jitter)
            )

    def rules(self, plain: Rule, platform: Platform) -> list[Rule]:  # noqa: ARG002  # the base's
        delay_ms, jitter_ms = self._ms()
        return [plain.model_copy(update={"act": "delay", "delay_ms": delay_ms, "jitter_ms": jitter_ms})]

    def shows(self, seen: Seen, laid: Sequence[Rule]) -> bool:  # noqa: ARG002  # the base's
        """Answered, and not before the delay was over."""
        delay_ms, jitter_ms = self._ms()
        return seen.rcode is not None and seen.took_ms >= delay_ms - jitter_ms - _FINEST_MS

    def patience_s(self) -> float:
        return PATIENCE_S + sum(self._ms()) / 1000

    def needs_toxiproxy(self, hold: Hold) -> bool:
        """Refused where dnsdist would have to delay TCP, and no Toxiproxy can do what was asked for."""
        if hold.box is None or self.transport == "udp":
            return False
        if not hold.toxiproxy:
            raise self._refusal(_("dnsdist delays UDP only, and no Toxiproxy is named that TCP passes"))
        if self.name != ANY or self.type != ANY:
            raise self._refusal(_("over TCP a Toxiproxy delays, and that knows neither names nor types"))
        return True

    def _refusal(self, because: str) -> Refused:
        return Refused(
            _("DNS over TCP can't be delayed like this"),
            where=repr(self),
            because=because,
            now=_("say transport='udp', or name the Toxiproxy as `dnsdist: {tcp: {toxiproxy: ..., proxy: ...}}`"),
        )

    def _ms(self) -> tuple[int, int]:
        return (
            meant.milliseconds(self.delay, key="delay", fault=self),
            meant.milliseconds(self.jitter, key="jitter", fault=self),
        )
