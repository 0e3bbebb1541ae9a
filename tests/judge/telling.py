"""A story on its way into a run folder: what each of its files is written from."""

from dataclasses import dataclass

from switchdrill.record.folder import RunFolder
from switchdrill.record.plan import Plan
from tests.judge.story import Story
from tests.judge.times import Times


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    story: Story
    plan: Plan
    times: Times
    folder: RunFolder
    cut_s: float | None
    """When the drill was cut short."""
    why: str
    """Why it was."""

    @property
    def until_s(self) -> float:
        return self.times.control_ended if self.cut_s is None else self.cut_s

    @property
    def healed_s(self) -> float:
        return self.times.healed if self.cut_s is None else min(self.times.healed, self.cut_s + 0.8)

    @property
    def is_broken(self) -> bool:
        """Whether the fault was injected at all."""
        return not self.story.refused and (self.cut_s is None or self.cut_s > 0)
