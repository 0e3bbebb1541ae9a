"""The worst stretch of lost writes: for how long in a row nothing that one site acknowledged was kept."""

from collections.abc import Collection, Iterator, Mapping

from switchdrill.interval import Interval, latest
from switchdrill_reports.measured.copies import Asked


def worst_stretch(
    asked: Mapping[str, Asked], acknowledged: Mapping[str, int], lost: Collection[str], *, read_ns: int
) -> Interval | None:
    """Of what each site acknowledged, in order: the longest run of lost records. None: nothing is lost.

    It lasted at least from the first lost acknowledgement to the last one, and at most from the last record before that
    was kept, to the first one after it: of the same site, else of any (`read_ns`: of none, until it was read).
    """
    found = list(_stretches(asked, acknowledged, lost, read_ns))
    return latest(found[0], *found[1:]) if found else None


def _stretches(
    asked: Mapping[str, Asked], acknowledged: Mapping[str, int], lost: Collection[str], read_ns: int
) -> Iterator[Interval]:
    in_order = sorted(acknowledged, key=lambda record: (acknowledged[record], record))
    for site in sorted({asked[each].site for each in lost}):
        kept: str | None = None
        run: list[str] = []
        for record in [each for each in in_order if asked[each].site == site]:
            if record in lost:
                run.append(record)
                continue
            if run:
                yield _stretch(asked, run, kept, asked[record].ended_ns)
            kept, run = record, []
        if run:
            later = [each for each in in_order if each not in lost and acknowledged[each] > asked[run[-1]].ended_ns]
            yield _stretch(asked, run, kept, asked[later[0]].ended_ns if later else read_ns)


def _stretch(asked: Mapping[str, Asked], run: list[str], kept: str | None, until_ns: int) -> Interval:
    lo = max(0, asked[run[-1]].sent_ns - asked[run[0]].ended_ns)
    return Interval(lo=lo, hi=max(lo, until_ns - asked[run[0] if kept is None else kept].sent_ns))
