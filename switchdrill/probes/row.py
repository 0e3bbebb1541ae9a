"""The newest samples of one target, in planned order, with the run of good ones that reaches up to now."""

from bisect import bisect_left, insort

from switchdrill.clock import NS_PER_S
from switchdrill.platform.targets import Target
from switchdrill.record.samples import Outcome, Sample

KEPT = 2048
SOME = 100
_REFUSALS = (Outcome.BAD_STATUS, Outcome.REFUSED)
LOST_AFTER_NS = 2 * NS_PER_S
"""A slot that is this much older than its time-out and was never heard of will not come any more."""


class Row:
    """Not thread-safe: `Sight` holds the lock. Samples arrive in the order in which they end."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._samples: list[Sample] = []
        self._waiting: dict[int, Sample] = {}
        self._next_slot = 0
        self._settled = 0
        self._known = 0
        self._since: int | None = None
        self._newest: Sample | None = None

    @property
    def newest(self) -> Sample | None:
        """By planned order; UNKNOWN ones are passed over."""
        return self._newest

    def add(self, sample: Sample) -> None:
        insort(self._samples, sample, key=lambda each: each.slot)
        if len(self._samples) > 2 * KEPT:
            del self._samples[:KEPT]
        if sample.is_known and (self._newest is None or sample.slot > self._newest.slot):
            self._newest = sample
        if sample.slot >= self._next_slot:
            self._waiting[sample.slot] = sample
            self._settle(sample.ended_ns)

    def around(self, since_ns: int) -> list[Sample]:
        """The samples planned at or after `since_ns`, and some before them, in planned order; at most the last KEPT."""
        first = bisect_left(self._samples, since_ns, key=lambda each: each.planned_ns)
        return self._samples[max(0, first - SOME) :]

    def good_run(self) -> tuple[int | None, Sample | None]:
        """(when the first of the good run that reaches up to the newest sample had ended, that newest sample)."""
        since = self._since
        for slot in range(self._next_slot, max(self._waiting, default=-1) + 1):
            since = self._run_with(since, self._waiting.get(slot))
        return since, self._newest

    def coverage(self) -> float:
        return self._known / self._settled if self._settled else 1.0

    def _settle(self, now_ns: int) -> None:
        """Take the waiting samples, in order, as far as no slot before them is open."""
        while self._waiting:
            sample = self._waiting.pop(self._next_slot, None)
            if sample is None:
                oldest = self._waiting[min(self._waiting)]
                if now_ns - oldest.planned_ns < self._target.timeout_ns + LOST_AFTER_NS:
                    return
            self._since = self._run_with(self._since, sample)
            self._settled += 1
            self._known += sample is not None and sample.is_known
            self._next_slot += 1

    def is_fine(self, sample: Sample) -> bool:
        """Good; or a refusal where it is asked who takes writes: that is an answer."""
        return sample.is_good or (self._target.asks_who_writes and sample.outcome in _REFUSALS)

    def _run_with(self, since: int | None, sample: Sample | None) -> int | None:
        """The good run, one slot further; None: not heard of (yet)."""
        if sample is None:
            return None
        if not sample.is_known:
            return since
        if not self.is_fine(sample):
            return None
        return sample.ended_ns if since is None else since
