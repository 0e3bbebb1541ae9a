"""The command itself: what every call of it has in common. Its sub-commands stand in files of their own."""

from typing import Any

import click

from switchdrill.errors import EXIT_FAIL, EXIT_INCONCLUSIVE, EXIT_NOT_HEALED, EXIT_NOT_STARTED, EXIT_PASS
from switchdrill.machine.terminal import open_standard_streams, patient_output
from switchdrill.text import _


class _Commands(click.Group):
    """Click's group, except that a wrong command line could not start anything: 3, never click's own 2; and that who
    prints needs no reader.
    """

    def main(self, *args: Any, **extra: Any) -> Any:
        open_standard_streams()
        with patient_output():
            return super().main(*args, **extra)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object
    ) -> click.Context:
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as problem:
            problem.exit_code = EXIT_NOT_STARTED  # type: ignore[misc]  # click reads it from the instance
            raise

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except click.UsageError as problem:
            problem.exit_code = EXIT_NOT_STARTED  # type: ignore[misc]  # click reads it from the instance
            raise


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    help=_("Rehearse the loss of a site before the flood does it for you.")
    + "\n\n\b\n"
    + _("Exit codes, of every command:")
    + "\n"
    + "\n".join(
        f"  {code}  {meaning}"
        for code, meaning in (
            (EXIT_PASS, _("passed, with or without deviations; done")),
            (EXIT_FAIL, _("failed; `lint` found something")),
            (EXIT_INCONCLUSIVE, _("inconclusive: INCOMPLETE or INVALID")),
            (EXIT_NOT_STARTED, _("could not start: bad input, a wrong command line, refused, something missing")),
            (EXIT_NOT_HEALED, _("could not heal: something is still broken, and the message says what to do")),
        )
    ),
)
@click.version_option(package_name="switchdrill", help=_("Show the version."))
def main() -> None:
    """The commands; the words for people are given above, in their language."""
