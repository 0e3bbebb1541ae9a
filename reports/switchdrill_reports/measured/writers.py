"""Ledger probes that ask one site straight, all the time, whether it takes a write: of two sites, one should refuse.

So a refusal is no bad answer of such a probe, as long as another site takes the writes meanwhile.
"""

from collections.abc import Iterable, Sequence

from switchdrill.platform.targets import Target
from switchdrill.record.plan import Plan
from switchdrill.record.samples import Outcome
from switchdrill_reports.measured.series import Series

REFUSALS = frozenset({Outcome.REFUSED, Outcome.BAD_STATUS})
"""Surely not written, and the site said so."""


def straight(series: Iterable[Series], ledger: str | None) -> list[Series]:
    return [each for each in series if each.target.asks_who_writes and each.target.ledger == ledger]


def sites_asked(targets: Iterable[Target], ledger: str | None) -> set[str]:
    """The sites that are asked straight to write to `ledger`."""
    return {each.site for each in targets if each.asks_who_writes and each.ledger == ledger and each.site is not None}


def site_at(eye: Series, index: int, names: list[str]) -> str:
    """The site that gave this answer: the one that was asked straight, else the one that served it; empty: unknown."""
    if eye.target.site is not None:
        return eye.target.site
    number = eye.served[index]
    return names[number - 1] if 0 < number <= len(names) else ""


def writing_sites(plan: Plan) -> list[str]:
    """The sites that could take a write, in the platform file's order."""
    return [name for name, site in plan.platform.sites.items() if site.role != "witness"]


def not_fine(eye: Series, indices: Iterable[int], among: Iterable[Series]) -> list[int]:
    """Those of the samples `indices` of `eye` that are bad; a due refusal is not.

    A refusal is due while another site acknowledges writes to that ledger: `among` are the series that could tell. In
    a time shorter than the other's period its last answer before, or its first after, is the one that tells.
    """
    inside = list(indices)
    bad = [index for index in inside if not eye.good[index]]
    if not bad or not eye.target.asks_who_writes:
        return bad
    since_ns, until_ns = eye.planned_ns[inside[0]], max(eye.ended_ns[index] for index in inside)
    others = [each for each in straight(among, eye.target.ledger) if each.target.site != eye.target.site]
    if not any(each.good[index] for each in others for index in _around(each, since_ns, until_ns)):
        return bad
    return [index for index in bad if eye.outcomes[index] not in REFUSALS]


def _around(each: Series, since_ns: int, until_ns: int) -> Sequence[int]:
    return each.settled(since_ns - each.target.every_ns, until_ns + each.target.every_ns)
