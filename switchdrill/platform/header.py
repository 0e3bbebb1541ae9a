"""Names of HTTP headers in a platform's file."""

import re
from typing import Annotated

from pydantic import AfterValidator

from switchdrill.text import _

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")


def _header(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise ValueError(
            _("the name of an HTTP header is expected, such as X-Served-By, not {text!r}").format(text=text[:100])
        )
    return text


HeaderName = Annotated[str, AfterValidator(_header)]
"""A pydantic field; as in HTTP, upper and lower case are the same."""
