"""Questions over TCP that dnsdist can't delay: the Toxiproxy before it does.

The proxy is cut for a moment before each change: a change under a live connection may wedge the server for good.
"""

from switchdrill.errors import CouldNotHeal
from switchdrill.text import _
from switchdrill_faults.names.relayed import NotTold
from switchdrill_faults.names.rule import Rule
from switchdrill_faults.toxiproxy import laid
from switchdrill_faults.toxiproxy.rung import one_line
from switchdrill_faults.toxiproxy.toxic import WantedToxic
from switchdrill_faults.toxiproxy.transport import ApiError


def slow_down(api: str, name: str, toxic: str, rule: Rule) -> None:
    """As the rule delays; its probability is one of connections. NotTold: it may still be cut, healing opens it."""
    late = WantedToxic(
        name=toxic,
        type="latency",
        stream="downstream",
        toxicity=rule.probability,
        attributes={"latency": rule.delay_ms, "jitter": rule.jitter_ms},
    )
    try:
        laid.lay(api, name, laid.Wanted(toxics=[late]), is_live=False)
    except ApiError as problem:
        raise NotTold(_("a proxy can't be changed"), where=f"{api}, {name}", because=one_line(problem)) from problem


def is_open(api: str, name: str) -> bool:
    """Whether its owner lets anything pass; on paper it does."""
    try:
        told = laid.told(api, name)
    except ApiError:
        return True
    return told is None or told.enabled


def speed_up(api: str, name: str, toxic: str, *, is_open: bool) -> bool:
    """Without our toxic, and as open as its owner had it; False: there was nothing to do. CouldNotHeal."""
    try:
        return laid.take_off(api, name, toxic, is_live=False, is_enabled=is_open)
    except ApiError as problem:
        raise CouldNotHeal(
            _("the Toxiproxy before dnsdist could not be brought back"),
            where=f"{api}, {name}",
            because=one_line(problem),
            now=_("see that it runs and answers, then:  switchdrill heal --all"),
            meanwhile=_("questions over TCP are answered late, or not at all"),
        ) from problem
