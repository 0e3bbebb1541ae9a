"""One thing that a drill needs, as people read it."""

from dataclasses import dataclass

from switchdrill.text import _, padded

_INDENT = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that a drill needs, or that only some drills need."""

    name: str
    is_met: bool
    found: str
    purpose: str
    mend: str = ""
    """What meets it; empty when it is met, or nothing here can."""
    is_needed: bool = True
    """False: a drill starts without it."""

    def lines(self) -> list[str]:
        mark = _("met") if self.is_met else _("NOT MET") if self.is_needed else _("not met")
        first, *rest = self.found.splitlines() or [""]
        told = [f"{padded(mark, 8)} {padded(self.name, 16)} {first}", *(f"{'':<{_INDENT}}{each}" for each in rest)]
        told.append(f"{'':<{_INDENT}}" + self.purpose)
        mend, *more = self.mend.splitlines() or [""]
        if mend:
            told += [f"{'':<{_INDENT}}" + _("now:") + f"  {mend}", *(f"{'':<{_INDENT}}      {each}" for each in more)]
        return told
