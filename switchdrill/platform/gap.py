"""What is missing of a platform's file, or can't be so: one gap, and those that stand in the text itself."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from switchdrill.text import _
from switchdrill.yamlfile import Wrong

_DECIDE = re.compile(r"(?:^|\s)#\s*decide:\s*(.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing that a person must know of a platform before it is drilled."""

    code: str
    line: int
    """1-based, in the platform's file."""
    at: str
    """`sites.a.role`; empty when the line says it all."""
    said: str
    is_fault: bool = True
    """False: told, and nothing is wrong with it."""

    def told(self, file: Path) -> str:
        """In one line, as `lint` tells complaints of runbooks."""
        mark = self.code if self.is_fault else _("note")
        return f"{mark} {file}:{self.line} " + (f"{self.at}: {self.said}" if self.at else self.said)


def undecided(text: str) -> dict[int, str]:
    """The lines whose comment says that a person must decide, and what."""
    found = ((number, _DECIDE.search(line)) for number, line in enumerate(text.splitlines(), start=1))
    return {number: match[1].strip() for number, match in found if match is not None}


def of_text(decisions: dict[int, str], wrongs: Sequence[Wrong]) -> Iterator[Gap]:
    """P01 and P02, by line. What can't be right where a person must decide is one gap: that decision."""
    by_line = {wrong.line: wrong for wrong in wrongs}
    for wrong in wrongs:
        if wrong.line not in decisions:
            yield Gap(code="P02", line=wrong.line, at=wrong.at, said=wrong.said)
    for line, what in decisions.items():
        wrong_there = by_line.get(line)
        at = "" if wrong_there is None else wrong_there.at
        yield Gap(code="P01", line=line, at=at, said=_("decide: {what}").format(what=what))
