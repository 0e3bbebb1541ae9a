"""What several sites' ledgers hold at the end: which records stand in one of them only, and how far a copy is behind.

A copy that takes records in their order, and lacks only the newest, is behind. One that lacks a record and has a later
one has lost it, or never had it: the two have diverged. A record's order is that of asking and answering: it is later
than another one when it was sent after that one was answered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from switchdrill.interval import Interval, latest
from switchdrill.record.plan import Plan
from switchdrill_reports.measured.read_back import LedgerReading
from switchdrill_reports.measured.series import Series
from switchdrill_reports.measured.writers import site_at


@dataclass(frozen=True, slots=True)
class Asked:
    """When a record was sent, when its fate was known, and who answered. Positional, because there are many."""

    sent_ns: int
    ended_ns: int
    site: str
    """Empty: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """Several readings of one ledger, at about the same time, held against each other."""

    sites: tuple[str, ...]
    files: tuple[str, ...]
    only_at: dict[str, tuple[str, ...]]
    """Site -> records in its ledger that another site's, which has later ones, lacks; the oldest first."""
    behind: Interval | None
    """By how much the copy that is furthest behind was: what the loss of the others would have cost just then."""

    @property
    def diverged(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(record for records in self.only_at.values() for record in records))


def asked_of(plan: Plan, series: Iterable[Series]) -> dict[str, Asked]:
    """Every record that was sent, whatever came of it."""
    found: dict[str, Asked] = {}
    names = list(plan.platform.sites)
    for each in series:
        prefix = f"{plan.run}-{each.target.name}-"
        for index, slot in enumerate(each.slots):
            site = site_at(each, index, names)
            found[f"{prefix}{slot}"] = Asked(each.sent_ns[index], each.ended_ns[index], site)
        for slot in each.unsure_slots:
            planned_ns = (each.start_ns or 0) + slot * each.target.every_ns
            latest_ns = planned_ns + each.target.every_ns + each.target.timeout_ns
            found[f"{prefix}{slot}"] = Asked(planned_ns, latest_ns, each.target.site or "")
    return found


def copies(readings: list[LedgerReading], asked: Mapping[str, Asked], acknowledged: Mapping[str, int]) -> Copies:
    """`readings`: one of each site. `acknowledged`: record -> when its acknowledgement had come."""
    only_at: dict[str, tuple[str, ...]] = {}
    lags: list[Interval] = []
    for other in readings:
        newest_ns = max((asked[each].sent_ns for each in other.times if each in asked), default=None)
        lag = _lag(other, asked, acknowledged)
        if lag is not None:
            lags.append(lag)
        for one in readings:
            if one is other or newest_ns is None:
                continue
            alone = [each for each in one.times if each not in other.times and each in asked]
            alone = [each for each in alone if asked[each].ended_ns < min(newest_ns, other.begun_ns)]
            if alone:
                both = {*alone, *only_at.get(one.site, ())}
                only_at[one.site] = tuple(sorted(both, key=lambda each: (asked[each].ended_ns, each)))
    return Copies(
        sites=tuple(each.site for each in readings),
        files=tuple(each.file for each in readings),
        only_at=dict(sorted(only_at.items())),
        behind=latest(lags[0], *lags[1:]) if len(readings) > 1 and lags else None,
    )


def _lag(reading: LedgerReading, asked: Mapping[str, Asked], acknowledged: Mapping[str, int]) -> Interval | None:
    """How old the oldest acknowledged record is that is newer than all that is there. None: nothing was acknowledged.

    When none is missing, it is behind by no more than the time since the newest that is there.
    """
    known = [(ended_ns, each) for each, ended_ns in acknowledged.items() if ended_ns <= reading.begun_ns]
    there = [each for _ended_ns, each in known if each in reading.times]
    newest = max(there, key=lambda each: asked[each].sent_ns, default=None)
    since_ns = None if newest is None else asked[newest].sent_ns
    missing = [
        ended_ns
        for ended_ns, each in known
        if each not in reading.times and (newest is None or asked[each].sent_ns > asked[newest].ended_ns)
    ]
    if newest is None and not missing:
        return None
    lo = reading.begun_ns - min(missing) if missing else 0
    return Interval(lo=lo, hi=None if since_ns is None else max(lo, reading.begun_ns - since_ns))
