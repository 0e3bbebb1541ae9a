"""Where the rows of a timeline are put, one under the other, and their labels, so that no two ever touch."""

from dataclasses import replace

from switchdrill_reports.shown.axis import Axis
from switchdrill_reports.shown.svg import ASIDE_GAP, QUIET, TEXT_SIZE, Mark, Text, fitted, heading_width, text_width

_GAP = 6.0
_HEADING_ABOVE = 12.0
_LINE = 16.0


class Canvas:
    """A growing sheet of paper; `y` is the first free line."""

    def __init__(self, *, axis: Axis, top: float) -> None:
        self.axis = axis
        self.y = top
        self.marks: list[Mark] = []

    def add(self, *marks: Mark) -> None:
        self.marks.extend(marks)

    def take(self, height: float) -> float:
        """Use up `height`; returns its upper edge."""
        top = self.y
        self.y += height
        return top

    def heading(self, words: str, aside: str = "") -> None:
        """What the next rows show; `aside` on the same line when there is room, else on the next."""
        self.take(_HEADING_ABOVE)
        shown = fitted(words, self.axis.width * 0.92)
        if heading_width(shown) + ASIDE_GAP + text_width(aside) <= self.axis.width:
            self._write(Text(x=0, y=0, text=shown, aside=aside, bold=True, halo=True))
            return
        self._write(Text(x=0, y=0, text=shown, bold=True, halo=True))
        for line in _lines(aside, self.axis.width):
            self._write(Text(x=0, y=0, text=line, fill=QUIET, halo=True))

    def remark(self, words: str) -> None:
        """A line of words where there is nothing to draw."""
        self._write(Text(x=0, y=0, text=fitted(words, self.axis.width), fill=QUIET, halo=True))

    def beside(self, begin: float, end: float, label: str, pitch: float) -> float:
        """A row with a mark from `begin` to `end`: puts its label where there is room; returns the mark's middle."""
        label = fitted(label, self.axis.width)
        width = text_width(label)
        if end + _GAP + width <= self.axis.width:
            middle = self.take(pitch) + pitch / 2
            self.add(Text(x=end + _GAP, y=middle + TEXT_SIZE * 0.35, text=label, halo=True))
        elif begin - _GAP - width >= 0:
            middle = self.take(pitch) + pitch / 2
            self.add(Text(x=begin - _GAP, y=middle + TEXT_SIZE * 0.35, text=label, anchor="end", halo=True))
        else:
            x = max(0.0, min(begin, self.axis.width - width))
            self.add(Text(x=x, y=self.take(_LINE) + TEXT_SIZE, text=label, halo=True))
            middle = self.take(pitch) + pitch / 2
        return middle

    def _write(self, text: Text) -> None:
        self.add(replace(text, y=self.take(_LINE) + TEXT_SIZE))


def _lines(words: str, room: float) -> list[str]:
    """At most three lines, broken at spaces where there are any (Chinese breaks anywhere)."""
    lines: list[str] = []
    rest = words
    while rest and len(lines) < 2 and text_width(rest) > room:
        cut = len(rest)
        while cut > 1 and text_width(rest[:cut]) > room:
            space = rest.rfind(" ", 0, cut - 1)
            cut = space if space > cut - 12 and space > 0 else cut - 1
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip(" ·")
    return [*lines, fitted(rest, room)] if rest else lines
