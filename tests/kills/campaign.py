"""Many kills, on several platforms at once: which, when, and what came of them, all from one seed."""

import random
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.kills.ground import Ground, image_of, local_engine, standing
from tests.kills.killing import Killed, Since, kill_one, lives_s
from tests.kills.mechanisms import MECHANISMS

BOTH_EVERY = 5
"""Each so many kills the healer dies, too, and `switchdrill heal` is called."""
SINCE: tuple[Since, ...] = ("start", "undo", "undo")
"""Half of a run's life is its set-up, where nothing is broken yet: most instants are counted from the first undo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """What is asked for; the same seed asks for the same kills."""

    kills: int
    seed: int
    grounds: int = 2
    mechanisms: Sequence[str] = tuple(MECHANISMS)

    def play(self, folder: Path, name: str, told: Callable[[Killed], None]) -> list[Killed]:
        """All kills; a ground that is not whole any more plays no further ones."""
        engine = local_engine()
        with ExitStack() as stack:
            image = stack.enter_context(image_of(engine, name))
            grounds = [
                stack.enter_context(standing(f"{name}-{number}", folder / str(number), engine, image))
                for number in range(self.grounds)
            ]
            with ThreadPoolExecutor(self.grounds) as pool:
                played = pool.map(lambda one: list(self._on(one[1], one[0], told)), enumerate(grounds))
                return [killed for of_one in played for killed in of_one]

    def _on(self, ground: Ground, number: int, told: Callable[[Killed], None]) -> Sequence[Killed]:
        dice = random.Random(f"{self.seed} {number}")
        lives = lives_s(ground, self.mechanisms[number % len(self.mechanisms)])
        played: list[Killed] = []
        for turn in range(number, self.kills, self.grounds):
            mechanism = self.mechanisms[turn % len(self.mechanisms)]
            since: Since = dice.choice(SINCE)
            killed = kill_one(
                ground, mechanism, since=since, after_s=dice.uniform(0, lives[since]),
                with_healer=turn % BOTH_EVERY == BOTH_EVERY - 1,
            )  # fmt: skip
            played.append(killed)
            told(killed)
            if killed.problem:
                break
            shutil.rmtree(ground.runs, ignore_errors=True)
        return played


def summary(kills: Sequence[Killed]) -> list[dict[str, object]]:
    """One line a mechanism, of the kills that left something broken; `instants`: how many in which phase, of all."""
    lines: list[dict[str, object]] = []
    for mechanism in dict.fromkeys(each.mechanism for each in kills):
        those = [each for each in kills if each.mechanism == mechanism]
        healed = sorted(each.whole_ms for each in those if each.was_broken and not each.with_healer)
        begun = sorted(each.begun_ms for each in those if each.was_broken and not each.with_healer)
        lines.append(
            {
                "mechanism": mechanism,
                "kills": len(those),
                "broken": len(healed),
                "begun_median_ms": _middle(begun),
                "begun_worst_ms": round(max(begun, default=0)),
                "whole_median_ms": _middle(healed),
                "whole_worst_ms": round(max(healed, default=0)),
                "not_healed": sum("not healed" in each.problem for each in those),
                "left_behind": sum(bool(each.problem) and "not healed" not in each.problem for each in those),
                "instants": {
                    phase: sum(each.phase == phase for each in those)
                    for phase in dict.fromkeys(each.phase for each in those)
                },
            }
        )
    return lines


def _middle(values: Sequence[float]) -> int:
    return round(values[len(values) // 2]) if values else 0
