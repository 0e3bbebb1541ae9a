"""`switchdrill faults`."""

from switchdrill.cli.commands import main
from switchdrill.cli.told import paragraphs, say, told
from switchdrill.text import _


@main.command(
    help=paragraphs(_("The catalogue of faults."), _("Each with its parameters, and what a client sees of it."))
)
@told
def faults() -> int:
    from dataclasses import MISSING, fields

    from switchdrill.fault import catalogue

    for kind, fault in sorted(catalogue().items()):
        names = ", ".join(
            each.name if each.default is MISSING else f"{each.name}={each.default!r}"
            for each in fields(fault)  # type: ignore[arg-type]
        )
        say(f"{kind:<14} {fault.__name__}({names})")
        say(f"{'':<14} from {fault.__module__} import {fault.__name__}")
        say(f"{'':<14} {_(fault.legend.looks_like)}")
    return 0
