"""When what happened in a made-up run, as the runner would have gone through it."""

from dataclasses import dataclass

from tests.judge.story import Story


@dataclass(frozen=True, slots=True)
class Times:
    """When what happened, seconds after the fault."""

    switched: float
    hold_ended: float
    healed: float
    rejoined: float
    failback: float
    returned: float
    control_ended: float
    is_switched: bool


def times_of(story: Story) -> Times:
    """As the runner would have gone through it."""
    if story.lost == "b":
        return Times(
            switched=1.32, hold_ended=1.35 + story.held_s, healed=2.15 + story.held_s, rejoined=5.15 + story.held_s,
            failback=900.0, returned=5.25 + story.held_s, control_ended=10.35 + story.held_s, is_switched=True,
        )  # fmt: skip
    is_switched = story.detected_s is not None and story.standby == "good"
    last = max([story.steered_s[each] for each in story.steered_s] if is_switched else [27.4])
    later = [end for _operator, _begin, end in story.bad if end < 20]
    switched = min(30.0, max([last, *later]) + 2.6) if is_switched else 30.0
    hold_ended = switched + story.held_s if is_switched else switched
    healed = hold_ended + 0.8
    rejoined = healed + story.rejoined_s
    failback = rejoined + 0.1
    returned = failback + max(story.failback_s.values()) + 2.6
    return Times(
        switched=switched, hold_ended=hold_ended, healed=healed, rejoined=rejoined, failback=failback,
        returned=returned, control_ended=returned + 5.05, is_switched=is_switched,
    )  # fmt: skip


def cut_of(story: Story, times: Times) -> tuple[float | None, str]:
    """When and why it was cut short, if it was."""
    cuts = [
        (story.prober_dies_s, "prober_died"), (story.load_dies_s, "load_died"), (story.aborted_s, "interrupted"),
        (story.runner_lost_s, "lost"), (None if story.has_effect else 2.41, "no_effect"),
        (None if times.is_switched or not story.has_effect else 30.005, "limit"),
        (times.failback + 25.01 if story.failback_runs else None, "limit"),
        (-0.5 if story.not_steady else None, "not_steady"),
    ]  # fmt: skip
    return min(((when, why) for when, why in cuts if when is not None), default=(None, ""))
