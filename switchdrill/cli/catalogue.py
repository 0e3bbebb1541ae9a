"""`switchdrill faults`."""

import click

from switchdrill.cli.commands import main
from switchdrill.cli.told import paragraphs, say, told
from switchdrill.errors import EXIT_PASS
from switchdrill.text import _


@main.command(
    help=paragraphs(
        _("The catalogue of faults."),
        _("Each with its parameters, what a client sees of it, and what it needs."),
        _("With --platform: which are possible there, by what, and why others are not; nothing is touched."),
    )
)
@click.option("--platform", metavar="NAME|FILE", help=_("Say what this platform can have."))
@told
def faults(platform: str | None) -> int:
    from dataclasses import MISSING, fields

    from switchdrill.fault import Demanding, Needing, catalogue
    from switchdrill.possible import answers, notes, on_paper, packets_only
    from switchdrill.running.own_network import step_inside

    if platform is not None:
        step_inside("auto", platform, is_dry=True)  # as a run would
    placed = on_paper(platform) if platform is not None else None
    for line in notes(placed) if placed is not None else ():
        say(line)
    width = max(len(kind) for kind in catalogue()) + 1
    indent = " " * width
    for kind, fault in sorted(catalogue().items()):
        names = ", ".join(
            each.name if each.default is MISSING else f"{each.name}={each.default!r}"
            for each in fields(fault)  # type: ignore[arg-type]
        )
        say(f"{kind:<{width}}{fault.__name__}({names})")
        say(f"{indent}from {fault.__module__} import {fault.__name__}")
        say(f"{indent}{_(fault.legend.looks_like)}")
        if isinstance(fault, Needing):
            say(indent + _("needs {what}").format(what=_(fault.needs)))
        if isinstance(fault, Demanding) and (told_here := fault.on_this_machine()):
            say(f"{indent}{told_here}")
        for answer in answers(fault, placed) if placed is not None else ():
            say(f"{indent}{answer.told()}")
    straight = packets_only(placed) if placed is not None else []
    if straight:
        say(
            _("links that pass no Toxiproxy take faults of the packet path only: {links}").format(
                links=", ".join(straight)
            )
        )
    return EXIT_PASS
