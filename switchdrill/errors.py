"""Everything that can go wrong, as one tree.

SwitchdrillError                exit 3 unless it says otherwise
├── BadInput                    a file or an option that can't be right: names file, line, path, what was expected
├── Refused                     the drill may not start: not allowed, lock held, left-overs, an impossible shape
├── CouldNotStart               something needed did not come up: a server, the platform, the prober, a taken port
├── DeadlinePassed              a wait ended without what it waited for
├── Aborted                     a running drill was stopped: by a person, a stop condition, a helper that died
├── RecordLost                  the run's folder can't be written any more
└── CouldNotHeal                exit 4: something is still broken, and the message says how to mend it

A message answers: what happened, where, what to do now.
"""

from switchdrill.text import _, cells_of, padded, visible

EXIT_PASS = 0
EXIT_FAIL = 1
EXIT_INCONCLUSIVE = 2
EXIT_NOT_STARTED = 3
EXIT_NOT_HEALED = 4


def loudest(codes: list[int]) -> int:
    """The exit code of several drills: 4 > 3 > 1 > 2 > 0. No drill at all could not start."""
    order = [EXIT_NOT_HEALED, EXIT_NOT_STARTED, EXIT_FAIL, EXIT_INCONCLUSIVE, EXIT_PASS]
    return min(codes, key=order.index, default=EXIT_NOT_STARTED)


class SwitchdrillError(Exception):
    """The root. `what` is one sentence; the rest is laid out below it, one line each."""

    exit_code = EXIT_NOT_STARTED

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        because: str | None = None,
        now: str | None = None,
        meanwhile: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.because = because
        self.now = now
        self.meanwhile = meanwhile

    def __str__(self) -> str:
        rows = [
            (_("where"), self.where),
            (_("because"), self.because),
            (_("now"), self.now),
            (_("meanwhile"), self.meanwhile),
        ]
        shown = [(label, text) for label, text in rows if text]
        width = max((cells_of(label) for label, _text in shown), default=0)
        indent = "\n" + " " * (width + 4)
        lines = [f"  {padded(label, width)}  {text.replace(chr(10), indent)}" for label, text in shown]
        return visible("\n".join([self.what, *lines]))

    def in_a_line(self) -> str:
        """What, where and why, for a place that has one line."""
        words = [self.what, self.where, self.because]
        return visible("; ".join(each.replace("\n", "; ") for each in words if each))


class BadInput(SwitchdrillError):
    """A file or an option that can't be right."""


class Refused(SwitchdrillError):
    """The drill may not start."""


class CouldNotStart(SwitchdrillError):
    """Something that a drill needs did not come up."""


class DeadlinePassed(SwitchdrillError):
    """A wait ended without what it waited for."""


class Aborted(SwitchdrillError):
    """A running drill was stopped; what was broken is healed on the way out."""

    exit_code = EXIT_INCONCLUSIVE


class RecordLost(SwitchdrillError):
    """The run's folder can't be written any more."""


class CouldNotHeal(SwitchdrillError):
    """Something is still broken."""

    exit_code = EXIT_NOT_HEALED
