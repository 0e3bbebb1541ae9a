"""This package's catalogue: every sentence of a report, in the reader's language."""

from switchdrill.text import catalogue


def say(message: str, language: str) -> str:
    """`message` in `language`; English is its own translation."""
    return str(catalogue("switchdrill_reports", language).gettext(message))


def marked(message: str) -> str:
    """Marks a message for the catalogue where it is only stored; `say` translates it later."""
    return message
