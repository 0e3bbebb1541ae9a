"""How every command speaks and ends: words that can't steer a terminal, our own errors with their exit codes."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import click

from switchdrill.errors import EXIT_NOT_STARTED, CouldNotStart, SwitchdrillError
from switchdrill.text import _, visible

Words = ParamSpec("Words")


def paragraphs(*told: str) -> str:
    """Of a help text; the first one stands in the list of commands."""
    return "\n\n".join(told)


def say(text: object) -> None:
    """To the terminal; whatever came out of files can't steer it."""
    click.echo(visible(str(text)))


def told(command: Callable[Words, int]) -> Callable[Words, None]:
    """Print our own errors as a person reads them at 03:00, and leave with their code."""

    @wraps(command)
    def ended(*args: Words.args, **kwargs: Words.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
        except SwitchdrillError as problem:
            click.echo(f"switchdrill: {problem}", err=True)
            code = problem.exit_code
        except OSError as problem:
            click.echo(f"switchdrill: {_unusable(problem)}", err=True)
            code = EXIT_NOT_STARTED
        sys.exit(code)

    return ended


def _unusable(problem: OSError) -> CouldNotStart:
    """A file or a folder that we have no better words for."""
    return CouldNotStart(
        _("the machine did not let us go on"),
        where=None if problem.filename is None else str(problem.filename),
        because=problem.strerror or str(problem),
        now=_("make it readable and writable for this user; `switchdrill doctor` looks at what is needed"),
    )
