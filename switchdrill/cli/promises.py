"""`switchdrill lint`."""

from pathlib import Path

import click

from switchdrill.cli.commands import main
from switchdrill.cli.told import paragraphs, say, told
from switchdrill.errors import EXIT_FAIL
from switchdrill.text import _


@main.command(
    help=paragraphs(
        _("Hold a runbook's promises against physics."),
        _("Says what can be known to be impossible before anything is started. Exit 1: it found something."),
    )
)
@click.argument("runbook", type=click.Path())
@click.option("--platform", metavar="NAME|FILE", help=_("Also hold it against this platform's own figures."))
@told
def lint(runbook: str, platform: str | None) -> int:
    from switchdrill import yamlfile
    from switchdrill.platform.find import read_unplaced
    from switchdrill.runbook.lint import arithmetic, told
    from switchdrill.runbook.lint import lint as complaints_of
    from switchdrill.runbook.model import Runbook

    book = yamlfile.read(Path(runbook), Runbook)
    for sentence in arithmetic(book):
        say(sentence)
    complaints = complaints_of(book, read_unplaced(platform) if platform else None)
    for complaint in complaints:
        say(told(complaint, Path(runbook)))
    if not complaints:
        click.echo(
            _("fine: every promise of this runbook can be kept, as far as arithmetic goes")
            if platform
            else _(
                "fine: every promise of this runbook can be kept, as far as arithmetic goes; --platform looks further"
            )
        )
    return EXIT_FAIL if complaints else 0
