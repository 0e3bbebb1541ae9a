"""What the probes of a made-up run saw."""

from random import Random

from switchdrill.platform.targets import Target
from switchdrill.record.samples import Outcome, Sample, write_schema
from tests.judge.story import PROBING, RUN, SITES, S, at
from tests.judge.telling import Telling


def write_samples(telling: Telling, random: Random) -> list[tuple[int, str]]:
    """Writes them, and returns the gifts that were acknowledged: when, and which."""
    story, plan, folder = telling.story, telling.plan, telling.folder
    prober = _Prober(telling, random)
    until_s = telling.until_s if story.runner_lost_s is None else telling.until_s + 0.3
    write_schema(folder.samples, list(plan.targets), list(SITES))
    ends_s = until_s if story.prober_dies_s is None else min(until_s, story.prober_dies_s)
    for index, target in enumerate(plan.targets):
        begin_s = PROBING + index * target.every_ns / S / len(plan.targets)
        every_s = target.every_ns / S
        series = []
        slot = 0
        while begin_s + slot * every_s < ends_s:
            series.append(prober.sample(target, slot, begin_s + slot * every_s))
            slot += 1
        series.sort(key=lambda sample: sample.ended_ns)  # as the prober writes them: in the order of their ends
        raw = b"".join(sample.packed() for sample in series)
        (folder.samples / f"{target.name}.bin").write_bytes(raw)
    return prober.acknowledged


class _Prober:
    def __init__(self, telling: Telling, random: Random) -> None:
        self._telling = telling
        self._story = telling.story
        self._times = telling.times
        self._random = random
        self.acknowledged: list[tuple[int, str]] = []

    def sample(self, target: Target, slot: int, planned_s: float) -> Sample:
        story = self._story
        late_s = self._random.uniform(0.0001, 0.002)
        sent_s = planned_s + late_s
        is_blind = any(begin <= planned_s < end for begin, end in story.blind)
        if is_blind or self._random.random() < story.missed_slots:
            return Sample(slot, at(planned_s), 0, at(planned_s + 0.1), Outcome.UNKNOWN, 0)
        site = target.site or (self._serves(target.operator, sent_s) if target.operator is not None else "a")
        takes_s = self._random.uniform(0.002, 0.02)
        if target.kind == "dns":
            return self._row(slot, planned_s, sent_s, takes_s, Outcome.GOOD, site, 2)
        outcome = self._site_outcome(site, sent_s, target.kind)
        if target.kind == "hls" and target.operator is not None:
            hit = any(who == target.operator and begin <= sent_s < end for who, begin, end in story.bad)
            outcome = Outcome.RESET if hit else outcome
        if outcome == Outcome.TIMED_OUT:
            return self._row(slot, planned_s, sent_s, 1.0, outcome, site)
        if target.kind == "ledger":
            if outcome == Outcome.GOOD and not self._takes_gifts(site, sent_s):
                outcome = Outcome.BAD_STATUS
            if outcome == Outcome.GOOD:
                self.acknowledged.append((at(sent_s + takes_s), f"{RUN}-{target.name}-{slot}"))
            return self._row(slot, planned_s, sent_s, takes_s, outcome, site, slot)
        sequence = at(sent_s) // S
        return self._row(slot, planned_s, sent_s, takes_s, outcome, site, sequence, sequence * S)

    def _serves(self, operator: str, t: float) -> str:
        """Where the operator's resolver sends viewers."""
        story = self._story
        if story.on_b_before and t < self._times.failback:
            return "b"
        if story.lost == "b":
            return "a"
        if story.detected_s is None or t < story.steered_s[operator]:
            return "a"
        return "b" if t < self._times.failback + story.failback_s[operator] else "a"

    def _takes_gifts(self, site: str, t: float) -> bool:
        """One site is active at a time, and the other one refuses; when roles change, both do for a moment."""
        story, back_s = self._story, self._times.failback
        also = story.a_takes_gifts if site == "a" else story.b_takes_gifts
        if any(begin <= t < end for begin, end in also):
            return True
        promoted_s = -999.0 if story.on_b_before else story.detected_s
        has_moved = promoted_s is not None and (story.lost == "a" or story.on_b_before)
        if not has_moved or promoted_s is None or t < promoted_s or t >= back_s + 0.3:
            return site == "a"
        return site == "b" and t < back_s

    def _site_outcome(self, site: str, t: float, kind: str) -> Outcome:
        story, whole_s = self._story, self._telling.healed_s + self._story.in_step_s
        if site == story.lost and story.has_effect and story.is_seen and 0.001 <= t < whole_s:
            return Outcome.TIMED_OUT if story.shape == "stall" else Outcome.REFUSED
        if site == "a":
            is_bad = any(begin <= t < end for begin, end in story.primary_bad)
            return Outcome.RESET if is_bad else Outcome.GOOD
        if kind == "hls":
            named = {"frozen": Outcome.STALE, "wrong_room": Outcome.WRONG_ROOM, "dead": Outcome.REFUSED}
            return named.get(story.standby, Outcome.GOOD) if t > 0 else Outcome.GOOD
        return Outcome.GOOD

    def _row(
        self, slot: int, planned_s: float, sent_s: float, takes_s: float, outcome: Outcome, site: str, *values: int
    ) -> Sample:
        is_named = not self._story.one_entry or outcome not in (Outcome.TIMED_OUT, Outcome.REFUSED)
        number = SITES.index(site) + 1 if is_named else 0
        return Sample(slot, at(planned_s), at(sent_s), at(sent_s + takes_s), outcome, number, *values)
