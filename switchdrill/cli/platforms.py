"""`switchdrill up` and `switchdrill down`."""

import click

from switchdrill.cli.commands import main
from switchdrill.cli.told import paragraphs, say, told
from switchdrill.text import _


@main.command(
    help=paragraphs(
        _("Start a platform that stays up."),
        _("For playing, or for many drills one after another; prints its resolved file."),
    )
)
@click.argument("platform", metavar="NAME|FILE")
@click.option(
    "--own-network",
    type=click.Choice(["auto", "yes", "no"]),
    default="no",
    show_default=True,
    help=_("In a network namespace of its own: later runs go in there, without root; no player outside reaches it."),
)
@told
def up(platform: str, own_network: str) -> int:
    from switchdrill.platform.standing import bring_up
    from switchdrill.running.own_network import step_inside

    step_inside(own_network, platform, is_dry=False)
    say(bring_up(platform))
    return 0


@main.command(
    help=paragraphs(
        _("Stop a platform that `up` started."), _("By its name, its folder's, or its file; half a platform, too.")
    )
)
@click.argument("platform", metavar="NAME|FILE")
@told
def down(platform: str) -> int:
    from switchdrill.platform.standing import take_down

    say(take_down(platform))
    return 0
