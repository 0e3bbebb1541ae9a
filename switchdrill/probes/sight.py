"""What the prober sees, live, for whoever must decide now. It judges nothing: the judge reads the samples later."""

import threading
from collections.abc import Collection

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.platform.targets import Target
from switchdrill.probes.row import Row
from switchdrill.record.plan import Plan
from switchdrill.record.samples import Outcome, Sample, status_of

REPORT_SLACK_NS = NS_PER_S // 4
"""From a question's end to our knowing of it."""


class Sight:
    """Thread-safe: a reader thread feeds it, others ask. Everything is by planned order, not by order of arrival."""

    def __init__(self, plan: Plan) -> None:
        self._lock = threading.Lock()
        self._targets = {target.name: target for target in plan.targets}
        self._rows = {target.name: Row(target) for target in plan.targets}
        self._sites = list(plan.platform.sites)
        self._pace = plan.runbook.good_frame.pace
        self._dropped = 0

    @property
    def targets(self) -> list[Target]:
        """All targets, in the plan's order."""
        return list(self._targets.values())

    @property
    def dropped(self) -> int:
        """Samples that we were too slow to hear of; they are on disk."""
        with self._lock:
            return self._dropped

    def good_since_ns(self, target: str) -> int | None:
        """When the first sample of the unbroken run of good ones up to now had ended; None when there is no such run.

        A slot that is still in flight, between others, breaks the run until it is known. UNKNOWN slots are passed over.
        When the newest good sample is older than a period and a time-out, nothing is known of now, and there is no run.
        """
        asked = self._targets[target]
        with self._lock:
            since, newest = self._rows[target].good_run()
        if since is None or newest is None:
            return None
        too_old_ns = asked.every_ns + asked.timeout_ns + REPORT_SLACK_NS
        return since if now_ns() - newest.planned_ns <= too_old_ns else None

    def last(self, target: str) -> Sample | None:
        """The newest sample that is good or bad."""
        with self._lock:
            return self._rows[target].newest

    def bad_now(self) -> list[str]:
        """Targets whose newest sample is bad, with what it got, and where: `media.a bad_status 503, http://...`."""
        found = []
        for name, target in self._targets.items():
            sample = self.last(name)
            if sample is not None and not self._rows[name].is_fine(sample):
                status = status_of(target.kind, sample)
                is_telling = status is not None and status not in range(200, 300)
                got = Outcome(sample.outcome).name.lower() + (f" {status}" if is_telling else "")
                found.append(f"{name} {got}, {target.asked_at()}")
        return found

    def site_of(self, target: str) -> str | None:
        """The site that answered the newest sample; None when none did."""
        sample = self.last(target)
        return None if sample is None else self._site(sample)

    def new_segments(self, target: str, site: str, since_ns: int) -> int:
        """How many successive new good segments of `site` were seen in samples that left at or after `since_ns`.

        Counted backwards from now: a bad sample, another site or a falling sequence ends the count, and so does a pace
        below the runbook's, by the pictures' own clock (a stream without one is held to its freshness only).
        """
        with self._lock:
            samples = self._rows[target].around(since_ns)
        firsts: list[Sample] = []
        newest: int | None = None
        for sample in samples:
            if not sample.is_known:
                continue
            is_of_site = sample.is_good and self._site(sample) == site
            if not is_of_site or (newest is not None and sample.v0 < newest):
                firsts, newest = [], None
            if is_of_site and (newest is None or sample.v0 > newest):
                newest = sample.v0
                if sample.sent_ns >= since_ns:
                    firsts.append(sample)
        return self._at_pace(firsts, self._targets[target].every_ns)

    def seen(self, target: str, outcomes: Collection[int], since_ns: int) -> bool:
        """Whether a sample that left at or after `since_ns` had one of `outcomes`: for the proof of effect."""
        with self._lock:
            samples = self._rows[target].around(since_ns)
        return any(sample.sent_ns >= since_ns and sample.outcome in outcomes for sample in samples)

    def coverage(self, target: str) -> float:
        """Share of the slots so far that have a definite answer, of those whose time is over; 1.0 before the first."""
        with self._lock:
            return self._rows[target].coverage()

    def saw(self, target: str, values: tuple[int, ...]) -> None:
        """A finished sample came in."""
        row = self._rows.get(target)
        if row is not None:
            with self._lock:
                row.add(Sample(*values))

    def missed(self, dropped: int) -> None:
        with self._lock:
            self._dropped = dropped

    def _site(self, sample: Sample) -> str | None:
        return self._sites[sample.site - 1] if 1 <= sample.site <= len(self._sites) else None

    def _at_pace(self, firsts: list[Sample], every_ns: int) -> int:
        """The longest tail of `firsts` that advances at the runbook's pace; one period is the error of looking."""
        if not firsts:
            return 0
        newest = firsts[-1]
        count = 1
        for first in reversed(firsts[:-1]):
            looked_ns = newest.sent_ns - first.sent_ns - every_ns
            if first.v1 and newest.v1 and newest.v1 - first.v1 < self._pace * looked_ns:
                break
            count += 1
        return count
