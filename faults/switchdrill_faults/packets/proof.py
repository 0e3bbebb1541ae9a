"""Whether what was counted proves the rule, and one of the strength that was asked."""

import math
from collections.abc import Mapping, Sequence

from switchdrill.fault import Counted
from switchdrill_faults.packets.chance import WAYS, turning
from switchdrill_faults.packets.rule import BILLION, Border, Flow

_DONE = {"reject": "refused", "lose": "lost", "duplicate": "doubled"}
_DEVIATIONS = 4.0
"""One true loss in 15,000 is taken for a false one, and then asked again."""
_SURELY = 1e-4


def of(rule: Border | Flow, counts: Sequence[Mapping[str, int]]) -> Counted:
    """`counts`: what each counter showed, wherever the rule lies."""
    total = _total(counts)
    if isinstance(rule, Flow) and is_of_share(rule):
        return _share(rule, total)
    if isinstance(rule, Flow) and rule.act == "shape":
        return _shaped(rule, total.get("met", 0))
    packets = total.get("cut", 0)
    return Counted(ok=packets > 0, said=f"{packets} packets {_DONE.get(rule.act, 'dropped')}")


def is_of_share(rule: Border | Flow) -> bool:
    return isinstance(rule, Flow) and rule.act in ("lose", "duplicate")


def of_all(rule: Border | Flow, counts: Mapping[str, Sequence[Mapping[str, int]]]) -> Counted:
    """The same rule on several links: what all of them met together proves it, and no link may contradict."""
    each = {target: of(rule, found) for target, found in counts.items()}
    together = of(rule, [one for found in counts.values() for one in found])
    odd = [target for target, found in counts.items() if isinstance(rule, Flow) and not _agrees(rule, _total(found))]
    said = "; ".join(f"{target}: {one.said}" for target, one in each.items())
    return Counted(ok=together.ok and not odd, said=f"{said}; all together: {together.said}")


def _agrees(rule: Flow, total: Mapping[str, int]) -> bool:
    return all(
        is_about(rule, met=total.get(f"met_{way}", 0), hit=total.get(f"cut_{way}", 0))
        for way in WAYS
        if rule.direction in ("both", way)
    )


def is_about(rule: Flow, *, met: int, hit: int) -> bool:
    """Whether so many of so many are what the asked share gives."""
    share = rule.share_ppb / BILLION
    leaving, entering = (each / BILLION for each in turning(rule))
    # Gilbert's packets depend on their neighbours: each is worth fewer, by the correlation from one to the next.
    alike = max(0.0, 1 - leaving - entering) if rule.burst > 1 else 0.0
    deviation = math.sqrt(met * share * (1 - share) * (1 + alike) / (1 - alike))
    return abs(hit - met * share) <= _DEVIATIONS * deviation + rule.burst


def _total(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    return {name: sum(each.get(name, 0) for each in counts) for name in {name for each in counts for name in each}}


def _share(rule: Flow, total: Mapping[str, int]) -> Counted:
    said: list[str] = []
    hits = 0
    for way in (way for way in WAYS if rule.direction in ("both", way)):
        met, hit = total.get(f"met_{way}", 0), total.get(f"cut_{way}", 0)
        said.append(f"{hit} of {met} packets {way} {_DONE[rule.act]}" + (f" ({100 * hit / met:.3g} %)" if met else ""))
        hits += hit
    return Counted(
        ok=hits > 0 and _agrees(rule, total), said=f"{', '.join(said)}; asked were {rule.share_ppb / BILLION:.3%}"
    )


def _shaped(rule: Flow, met: int) -> Counted:
    """netem counts what passes it, not what it did to it: enough must have passed that some of it was hit."""
    is_enough = met > 0 and (not rule.share_ppb or (1 - rule.share_ppb / BILLION) ** met < _SURELY)
    return Counted(ok=is_enough, said=f"{met} packets passed through netem ({' '.join(rule.shape)})")
