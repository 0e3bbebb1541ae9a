"""What a person sees while a drill runs: one calm live line on a terminal, plain lines in a log."""

import sys
from typing import TextIO

from switchdrill.clock import NS_PER_S, now_ns
from switchdrill.machine.terminal import Speaker
from switchdrill.text import _, cells_of, marked, padded

LOG_EVERY_NS = 5 * NS_PER_S
LIVE_EVERY_NS = NS_PER_S // 5
PARTS = (
    marked("platform"), marked("load"), marked("steady"), marked("fault"), marked("switch"), marked("hold"),
    marked("ride_out"), marked("heal"), marked("rejoin"), marked("failback"), marked("control"), marked("stop"),
)  # fmt: skip
"""The parts of a drill, as the records name them; people read them in their own language."""


class Progress:
    """Which phase, how long, viewers good of all, which fault is on."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._speaker = Speaker(stream or sys.stderr)
        self._is_live = self._speaker.is_terminal
        self._begun_ns = now_ns()
        self._shown_ns = 0
        self._part = ""
        self._part_ns = self._begun_ns
        self._width = 0
        self.fault = ""
        self.good: int | None = None
        self.viewers: int | None = None

    def part(self, name: str) -> None:
        """A new part of the drill begins."""
        self._end_line()
        self._part = name
        self._part_ns = now_ns()
        self.tick(force=True)

    def tick(self, *, force: bool = False) -> None:
        """Called often; shows something when it is time."""
        now = now_ns()
        if not force and now - self._shown_ns < (LIVE_EVERY_NS if self._is_live else LOG_EVERY_NS):
            return
        self._shown_ns = now
        text = self._line(now)
        if self._is_live:
            self._speaker.say("\r" + padded(text, self._width))
            self._width = cells_of(text)
        else:
            self._speaker.say(text + "\n")

    def say(self, text: str) -> None:
        """One line that stays."""
        self._end_line()
        self._speaker.say(text + "\n")

    def close(self) -> None:
        """May be repeated; what is said after it is said, too."""
        self._end_line()
        self._speaker.settle()

    def _line(self, now: int) -> str:
        elapsed = (now - self._begun_ns) / NS_PER_S
        inside = (now - self._part_ns) / NS_PER_S
        cells = [f"{elapsed:5.1f} s", f"{padded(_(self._part), 10)} {inside:4.1f} s"]
        if self.viewers is not None:
            cells.append(_("viewers good {good} / {viewers}").format(good=self.good, viewers=self.viewers))
        cells.append(_("fault: {fault}").format(fault=self.fault) if self.fault else _("no fault"))
        return "  ".join(cells)

    def _end_line(self) -> None:
        if self._is_live and self._width:
            self._speaker.say("\n")
            self._width = 0
