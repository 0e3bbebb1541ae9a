"""Split brain: writes that were acknowledged by a site while another one was acknowledging, too.

A site's **tenure** runs from its first acknowledgement to its last, as long as it did not refuse in between, nor was
silent for longer than a few slots may be lost. On a platform that is well, tenures follow one another: each site's
last acknowledgement comes before the next one's first. An acknowledged write **inside** another site's tenure (after
its first, and before its last) is proof that two sites took writes. The platform wrote it somewhere between sending and
acknowledgement; where the order of two can't be told, it is only possibly inside.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from switchdrill.interval import Interval, earliest, elapsed, latest
from switchdrill.record.plan import Plan
from switchdrill_reports.measured.gaps import longest_look_away_ns, looked_away
from switchdrill_reports.measured.series import Series
from switchdrill_reports.measured.writers import REFUSALS, site_at, sites_asked, straight, writing_sites
from switchdrill_reports.result import Evidence


@dataclass(frozen=True, slots=True)
class Answer:
    """An acknowledged write, or a refused one. Positional, because there are many."""

    sent_ns: int
    ended_ns: int
    is_ack: bool
    series: int
    """Index of the series that it is from, and ..."""
    index: int
    """... of the sample there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenure:
    """A stretch in which a site acknowledged writes, by the acknowledgements that were seen."""

    site: str
    acks: tuple[Answer, ...]
    """At least one, in the order in which they were sent."""
    began: Interval
    """Before the end of the first acknowledgement; not before the last refusal, when there was one."""
    ended: Interval
    """After the last acknowledgement was sent; censored: no refusal told when."""
    first_sent_ns: int
    last_ended_ns: int

    def surely_holds(self, ack: Answer) -> bool:
        """Whether the site took a write before it, and another one after it."""
        return self.began.hi is not None and self.began.hi < ack.sent_ns and ack.ended_ns < self.ended.lo

    def may_hold(self, ack: Answer) -> bool:
        return self.first_sent_ns < ack.ended_ns and ack.sent_ns < self.last_ended_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """A stretch in which two or more sites took writes."""

    began: Interval
    ended: Interval
    """Censored: nobody was told of a refusal."""
    writes: dict[str, int]
    """Site -> how many it acknowledged inside another site's tenure."""

    @property
    def took(self) -> Interval:
        return elapsed(self.began, self.ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """What the probes of one ledger tell of who took writes."""

    asked: tuple[str, ...]
    """Sites that were asked straight."""
    unasked: tuple[str, ...]
    """Sites that the plan asks nobody to ask: what they took is only known as far as viewers' own ways led there."""
    is_watched: bool
    """Whether every site was asked straight, all the time."""
    overlaps: tuple[Overlap, ...]
    possible: int
    """Acknowledged writes of which it can't be told whether they came before or after another site's first or last."""
    evidence: tuple[Evidence, ...]

    @property
    def writes(self) -> int:
        return sum(count for each in self.overlaps for count in each.writes.values())

    def by_site(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for each in self.overlaps:
            for site, count in each.writes.items():
                found[site] = found.get(site, 0) + count
        return dict(sorted(found.items()))


def split(plan: Plan, ledger: str | None, series: Iterable[Series], *, since_ns: int, until_ns: int) -> Split:
    """Of one ledger. `since_ns`: from when on it had to be looked at; what was seen before counts, too."""
    ours = [each for each in series if each.target.kind == "ledger" and each.target.ledger == ledger]
    tenures = _tenures(plan, ours, until_ns)
    inside: list[tuple[Tenure, Tenure, list[Answer]]] = []
    possible: set[Answer] = set()
    for one, other in _meeting(tenures):
        inside.append((one, other, [each for each in one.acks if other.surely_holds(each)]))
        possible |= {each for each in one.acks if other.may_hold(each)}
    sure = {each for _one, _other, acks in inside for each in acks}
    asked = sites_asked((each.target for each in ours), ledger)
    eyes = straight(ours, ledger)
    writers = writing_sites(plan)
    return Split(
        asked=tuple(each for each in writers if each in asked),
        unasked=tuple(each for each in writers if each not in asked),
        is_watched=all(each in asked for each in writers) and all(_is_watched(eye, since_ns, until_ns) for eye in eyes),
        overlaps=tuple(_overlaps([each for each in inside if each[2]])),
        possible=len(possible - sure),
        evidence=tuple(_rows(ours, sure or possible)) or tuple(Evidence(file=each.file) for each in eyes),
    )


def _is_watched(eye: Series, since_ns: int, until_ns: int) -> bool:
    is_there = bool(eye.settled(since_ns, until_ns)) and eye.is_watched_until(until_ns)
    return is_there and not looked_away(eye, since_ns, until_ns)


def _tenures(plan: Plan, ours: list[Series], until_ns: int) -> list[Tenure]:
    """Of every site, in the order in which they began."""
    names = list(plan.platform.sites)
    silence_ns = max((longest_look_away_ns(each) for each in ours), default=0)
    opened_ns = min((each.start_ns for each in ours if each.start_ns is not None), default=0)
    answers: dict[str, list[Answer]] = {}
    for number, each in enumerate(ours):
        for index in range(len(each)):
            site = site_at(each, index, names)
            is_ack = bool(each.good[index])
            is_refusal = each.target.site is not None and each.outcomes[index] in REFUSALS
            if site and (is_ack or is_refusal) and each.ended_ns[index] <= until_ns:
                answer = Answer(each.sent_ns[index], each.ended_ns[index], is_ack, number, index)
                answers.setdefault(site, []).append(answer)
    found = [
        _tenure(site, acks, [each for each in told if not each.is_ack], opened_ns)
        for site, told in answers.items()
        for acks in _runs(sorted(told, key=_when), silence_ns)
    ]
    return sorted(found, key=lambda each: each.first_sent_ns)


def _when(answer: Answer) -> tuple[int, int]:
    return answer.sent_ns, answer.ended_ns


def _runs(answers: list[Answer], silence_ns: int) -> Iterator[list[Answer]]:
    """Of one site: the acknowledgements that no refusal and no silence parts."""
    run: list[Answer] = []
    for each in answers:
        if run and (not each.is_ack or each.sent_ns - run[-1].ended_ns > silence_ns):
            yield run
            run = []
        if each.is_ack:
            run.append(each)
    if run:
        yield run


def _tenure(site: str, acks: list[Answer], refusals: list[Answer], opened_ns: int) -> Tenure:
    """`opened_ns`: when the first probe of all began to look."""
    first, last = acks[0], acks[-1]
    begun_ns = min(each.ended_ns for each in acks)
    not_before = [each.sent_ns for each in refusals if each.ended_ns <= first.sent_ns]
    not_after = [each.ended_ns for each in refusals if each.sent_ns >= last.ended_ns]
    return Tenure(
        site=site,
        acks=tuple(acks),
        began=Interval(lo=min(max(not_before, default=opened_ns), begun_ns), hi=begun_ns),
        ended=Interval(lo=last.sent_ns, hi=min(not_after, default=None)),
        first_sent_ns=first.sent_ns,
        last_ended_ns=max(each.ended_ns for each in acks),
    )


def _meeting(tenures: list[Tenure]) -> Iterator[tuple[Tenure, Tenure]]:
    """Pairs of different sites whose tenures may have met; each pair both ways round."""
    for number, one in enumerate(tenures):
        for other in tenures[number + 1 :]:
            if other.first_sent_ns >= one.last_ended_ns:
                break  # they come in order: all the rest began later still
            if one.site != other.site:
                yield one, other
                yield other, one


def _overlaps(inside: list[tuple[Tenure, Tenure, list[Answer]]]) -> Iterator[Overlap]:
    """What follows without a break is one."""
    group: list[tuple[Tenure, Tenure, list[Answer]]] = []
    until_ns = 0
    for each in sorted(inside, key=lambda each: max(each[0].first_sent_ns, each[1].first_sent_ns)):
        one, other, _acks = each
        if group and max(one.first_sent_ns, other.first_sent_ns) > until_ns:
            yield _overlap(group)
            group, until_ns = [], 0
        group.append(each)
        until_ns = max(until_ns, min(one.last_ended_ns, other.last_ended_ns))
    if group:
        yield _overlap(group)


def _overlap(group: list[tuple[Tenure, Tenure, list[Answer]]]) -> Overlap:
    began = earliest(*(latest(one.began, other.began) for one, other, _acks in group))
    ended = latest(*(earliest(one.ended, other.ended) for one, other, _acks in group))
    acks = {(each, one.site) for one, _other, found in group for each in found}
    sites = sorted({site for _ack, site in acks})
    return Overlap(
        began=began,
        ended=Interval(lo=max(ended.lo, began.lo), hi=ended.hi),
        writes={site: sum(1 for _ack, whose in acks if whose == site) for site in sites},
    )


def _rows(ours: list[Series], acks: Iterable[Answer]) -> Iterator[Evidence]:
    """Of each series, from the first to the last of these answers."""
    rows: dict[int, list[int]] = {}
    for each in acks:
        rows.setdefault(each.series, []).append(ours[each.series].rows[each.index])
    for number, found in sorted(rows.items()):
        yield Evidence(file=ours[number].file, rows=(min(found), max(found)))
