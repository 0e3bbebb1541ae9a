"""Rates as people write them: `500kbit`, `2.5mbit`, a second being meant."""

import re
from decimal import Decimal

from switchdrill.errors import BadInput
from switchdrill.text import _

_UNITS = {"bit": 1, "kbit": 1_000, "mbit": 1_000_000, "gbit": 1_000_000_000}
_WHOLE = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(bit|kbit|mbit|gbit)(?:/s)?", re.ASCII)
SLOWEST_BYTES = 1000
"""Toxiproxy counts in 1000 bytes a second, and takes 0 for a standstill."""
FASTEST_BYTES = 1_250_000_000


def bytes_per_s(text: str, *, where: str) -> int:
    """BadInput for a bare number, an unknown unit, and what is below 8kbit or above 10gbit."""
    found = _WHOLE.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise BadInput(
            _("a rate with its unit is expected, such as 500kbit or 2.5mbit, not {text!r}").format(text=text),
            where=where,
            because=_("the units are {units}, for each second").format(units=", ".join(_UNITS)),
        )
    rate = int(Decimal(found[1]) * _UNITS[found[2]] / 8)
    if not SLOWEST_BYTES <= rate <= FASTEST_BYTES:
        raise BadInput(
            _("a rate from 8kbit to 10gbit is expected, not {text}").format(text=text),
            where=where,
            because=_("slower is a standstill: LinkBlackhole, or SiteLoss with stall")
            if rate < SLOWEST_BYTES
            else None,
        )
    return rate
