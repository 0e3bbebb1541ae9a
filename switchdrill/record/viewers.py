"""What the load tells: `load/viewers.jsonl`, one JSON object a line, CLOCK_MONOTONIC nanoseconds."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError


class Second(BaseModel):
    """The audience, once a second."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["second"] = "second"
    t_ns: int
    planned: int
    """Viewers that should be there by now."""
    alive: int
    """Viewers whose loop runs, good or not: a viewer that waits on a hung site is alive."""
    good: int
    """Viewers whose newest new segment came at most two segments and a half ago."""
    by_site: dict[str, int] = {}
    """Good viewers by the site that served them last."""
    late_p99_ns: int
    """How late our own requests left in this second, against their planned instants."""


class Outage(BaseModel):
    """One viewer went without a new segment for longer than two segments and a half."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["outage"] = "outage"
    t_ns: int
    viewer: int
    operator: str
    last_good_ns: int
    next_good_ns: int | None = None
    """None: still without picture when observation ended (right-censored)."""
    site_before: str | None = None
    site_after: str | None = None


Line = Annotated[Second | Outage, Field(discriminator="kind")]
LINE: TypeAdapter[Second | Outage] = TypeAdapter(Line)


def read_viewers(path: Path) -> list[Second | Outage]:
    """All whole lines; a torn last line (the load died) is left out, an absent file is an empty series."""
    return viewers_in(path.read_bytes()) if path.is_file() else []


def viewers_in(raw: bytes) -> list[Second | Outage]:
    """All whole lines up to the first that can't be read."""
    lines: list[Second | Outage] = []
    for line in raw.split(b"\n"):
        if not line:
            continue
        try:
            lines.append(LINE.validate_json(line))
        except ValidationError:
            break
    return lines
