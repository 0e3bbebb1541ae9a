"""What a bench measured: ours beside a named rival of the same run, and the mark that it is held against."""

import json
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table. Milliseconds, unless `unit` says otherwise."""

    what: str
    ours: list[float]
    rival: str = ""
    """Empty: there is none, only a mark."""
    theirs: list[float] = field(default_factory=list)
    mark: float | None = None
    """What ours may be at most, at its worst."""
    unit: str = "ms"
    note: str = ""

    @property
    def is_kept(self) -> bool | None:
        """None: it has no mark."""
        return None if self.mark is None else max(self.ours) <= self.mark


@dataclass(slots=True)
class Table:
    """All figures of a run of the bench."""

    figures: list[Figure] = field(default_factory=list)

    def add(self, figure: Figure) -> None:
        self.figures.append(figure)

    def lines(self) -> list[str]:
        rows = [("", "ours: median", "worst", "rival: median", "worst", "ratio", "mark", "")]
        rows += [self._row(each) for each in self.figures]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        return [
            "  ".join(
                cell.ljust(width) if number in (0, len(widths) - 1) else cell.rjust(width)
                for number, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]

    def write(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        machine = {
            "kernel": platform.release(),
            "architecture": platform.machine(),
            "python": platform.python_version(),
        }
        told = {"machine": machine, "figures": [{**asdict(each), "kept": each.is_kept} for each in self.figures]}
        file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")

    def _row(self, each: Figure) -> tuple[str, ...]:
        ours, theirs = median(each.ours), median(each.theirs) if each.theirs else None
        ratio = "" if not theirs else f"{ours / theirs:.2f}"
        kept = {None: "", True: "kept", False: "BROKEN"}[each.is_kept]
        rival = f"{each.rival}: " if each.rival else ""
        return (
            f"{each.what} [{each.unit}]",
            _said(ours),
            _said(max(each.ours)),
            "" if theirs is None else rival + _said(theirs),
            "" if theirs is None else _said(max(each.theirs)),
            ratio,
            "" if each.mark is None else f"{each.mark:g} {kept}",
            each.note,
        )


def _said(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
