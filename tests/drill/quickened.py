"""The embedded platform and the quick runbook, with a detector that looks oftener and counts further.

A drill waits a random part of the detector's period before it breaks anything, and a platform that was switched comes
home by checks and probes: at a quarter of a second instead of two, all that is over sooner. A site is declared down
after 4.75 to 5.2 seconds instead of 4 to 7: a drill of a moment sees no switch, and a site that stays lost is replaced.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
EMBEDDED = HERE.parents[1] / "drills" / "platforms" / "embedded"
BOOK = HERE / "quick" / "quick.yaml"
RULE = {
    "every: 2s, consecutive_failures: 3, timeout: 1s, pacing: fixed":
        "every: 250ms, consecutive_failures: 20, timeout: 200ms, pacing: fixed",
}  # fmt: skip
PROBE = {"path: /health/deep, every: 500ms": "path: /health/deep, every: 200ms"}

STOP = {
    "\ncommands:\n":
        """
stop_conditions:
  - name: somebody-says-stop
    look: [sh, -c, 'if [ -e "{here}/stop" ]; then cat "{here}/stop"; exit 1; fi']
    every: 200ms

commands:
"""
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Quickened:
    """Two files that state the same rule."""

    platform: Path
    runbook: Path

    @contextmanager
    def stopped(self, because: str) -> Iterator[None]:
        """The platform's stop condition is met."""
        file = self.platform.parent / "stop"
        file.write_text(because, encoding="utf-8")
        try:
            yield
        finally:
            file.unlink()


def quickened(folder: Path) -> Quickened:
    """Both, written into `folder`."""
    shutil.copytree(EMBEDDED, folder / "platform")
    pair = Quickened(platform=folder / "platform" / "platform.yaml", runbook=folder / "quick.yaml")
    pair.platform.write_text(_changed(EMBEDDED / "platform.yaml", RULE | PROBE | STOP), encoding="utf-8")
    pair.runbook.write_text(_changed(BOOK, RULE), encoding="utf-8")
    return pair


def _changed(file: Path, changes: dict[str, str]) -> str:
    text = file.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert text.count(old) == 1, f"{file} does not say {old!r} once"
        text = text.replace(old, new)
    return text
