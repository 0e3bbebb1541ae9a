"""`switchdrill doctor`."""

import click

from switchdrill.cli.commands import main
from switchdrill.cli.told import paragraphs, say, told
from switchdrill.errors import EXIT_NOT_STARTED
from switchdrill.text import _


@main.command(
    help=paragraphs(
        _("What this machine can do, and what is missing."),
        _("Every need of a drill, what it is for, and the command that meets it. Exit 3: a needed one is not met."),
    )
)
@click.option("--mend", is_flag=True, help=_("Fetch or build what is missing and can be had."))
@told
def doctor(mend: bool) -> int:
    from switchdrill.doctor.examination import examine

    examination = examine(mend=mend)
    for line in examination.lines:
        say(line)
    return 0 if examination.can_drill else EXIT_NOT_STARTED
