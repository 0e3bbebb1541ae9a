"""Shares as people write them, `0.1` or `0.1%`, as parts of a billion."""

from decimal import Decimal, InvalidOperation

from switchdrill.errors import BadInput
from switchdrill.text import _
from switchdrill_faults.packets.rule import BILLION

_LEAST, _MOST = Decimal("0.001"), Decimal(99)


def share_ppb(percent: object, *, where: str) -> int:
    """BadInput for what is no number from 0.001 to 99."""
    try:
        number = Decimal(str(percent).removesuffix("%")) if not isinstance(percent, bool) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not _LEAST <= number <= _MOST:
        raise BadInput(
            _("a percentage from 0.001 to 99 is expected, not {percent!r}").format(percent=percent),
            where=where,
            now=_("for all of them: LinkBlackhole, LinkRefused or Partition"),
        )
    return int(number * BILLION / 100)


def written(ppb: int) -> str:
    """As `tc` reads it: `0.1%`."""
    return f"{Decimal(ppb).scaleb(-7).normalize():f}%"
