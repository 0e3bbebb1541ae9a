"""Each site's own share in the writes of one data class, and when two of them took writes at once."""

from switchdrill.record.plan import Plan
from switchdrill_reports.measured.copies import Copies
from switchdrill_reports.measured.series import Series
from switchdrill_reports.measured.split import Split
from switchdrill_reports.measured.writers import REFUSALS, site_at, writing_sites
from switchdrill_reports.result import Overlap, SiteWrites, Span


def sites_writing(plan: Plan, series: list[Series], writers: Split, held: Copies | None) -> list[SiteWrites]:
    """In the platform file's order; none when nobody writes to the ledger. `held` None: not all were read."""
    names = list(plan.platform.sites)
    beside = writers.by_site()
    acknowledged = dict.fromkeys(writing_sites(plan), 0)
    refused = dict.fromkeys(writers.asked, 0)
    for each in series:
        for index in range(len(each)):
            site = site_at(each, index, names)
            if each.good[index] and site in acknowledged:
                acknowledged[site] += 1
            elif each.target.asks_who_writes and site in refused:
                refused[site] += each.outcomes[index] in REFUSALS
    return [
        SiteWrites(
            site=site,
            is_asked=site in writers.asked,
            acknowledged=count,
            refused=refused.get(site),
            beside=beside.get(site, 0),
            only_here=None if held is None else len(held.only_at.get(site, ())),
        )
        for site, count in acknowledged.items()
        if series
    ]


def overlaps_shown(writers: Split) -> list[Overlap]:
    return [
        Overlap(
            began=Span(lo=each.began.lo, hi=each.began.hi),
            ended=Span(lo=each.ended.lo, hi=each.ended.hi),
            took=Span(lo=each.took.lo, hi=each.took.hi),
            writes=each.writes,
        )
        for each in writers.overlaps
    ]
