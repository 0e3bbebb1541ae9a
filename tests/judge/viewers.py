"""What the load of a made-up run says of its viewers."""

from collections.abc import Iterator
from random import Random

from switchdrill.record.viewers import Outage, Second
from tests.judge.story import LOADED, MS, PROBING, at
from tests.judge.telling import Telling


def write_viewers(telling: Telling, random: Random) -> None:
    story, until_s = telling.story, telling.until_s
    ends_s = until_s if story.load_dies_s is None else min(until_s, story.load_dies_s)
    lines: list[Second | Outage] = []
    t = PROBING + 0.5
    while t < ends_s + 0.5:
        planned = min(story.viewers, max(1, round(story.viewers * (t - PROBING) / (LOADED - PROBING))))
        alive = planned if t < 0 else round(planned * story.alive_share)
        lines.append(
            Second(
                t_ns=at(t), planned=planned, alive=alive, good=_good(telling, alive, t),
                late_p99_ns=(story.late_ms + random.randrange(3)) * MS,
            )
        )  # fmt: skip
        t += 1.0
    if story.has_effect:
        lines += _outages(telling, random, ends_s)
    telling.folder.viewers.write_text("".join(each.model_dump_json() + "\n" for each in lines), encoding="utf-8")


def _good(telling: Telling, alive: int, t: float) -> int:
    story, times = telling.story, telling.times
    is_back = story.lost == "b" or (times.is_switched and t > min(story.steered_s.values()))
    return 0 if story.has_effect and 2.5 < t < telling.healed_s and not is_back else alive


def _outages(telling: Telling, random: Random, until_s: float) -> Iterator[Outage]:
    story, times = telling.story, telling.times
    operators = list(telling.plan.platform.operators)
    for viewer in range(story.viewers if story.lost == "a" else story.viewers_hit):
        operator = operators[viewer % len(operators)]
        last = random.uniform(-0.9, 0.0)
        back = story.steered_s[operator] + random.uniform(0.1, 1.2)
        if viewer == 0 and story.last_viewer_s is not None:
            back = story.last_viewer_s
        is_back = times.is_switched and back < until_s
        yield Outage(
            t_ns=at(min(back, until_s)), viewer=viewer, operator=operator, last_good_ns=at(last),
            next_good_ns=at(back) if is_back else None, site_before="a", site_after="b" if is_back else None,
        )  # fmt: skip
