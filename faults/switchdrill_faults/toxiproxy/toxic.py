"""Which toxics may be asked for at all: some values kill a Toxiproxy server, others silently do nothing."""

from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from switchdrill.errors import BadInput
from switchdrill.text import _
from switchdrill_faults.toxiproxy.proxy import ToldToxic, checked_name

_LONGEST_MS = 3_600_000
_ATTRIBUTES: Final = {
    "latency": ("latency", "jitter"),
    "bandwidth": ("rate",),
    "slow_close": ("delay",),
    "timeout": ("timeout",),
    "reset_peer": ("timeout",),
    "slicer": ("average_size", "size_variation", "delay"),
    "limit_data": ("bytes",),
    "noop": (),
}
_IN_MS: Final = {"latency": "latency", "slow_close": "delay", "timeout": "timeout", "reset_peer": "timeout"}
_TOXICITY_STEP = 1e-6
"""The server keeps it as a 32-bit float."""


class WantedToxic(BaseModel):
    """A toxic as we ask for it, every attribute spelled out."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    type: str
    stream: Literal["downstream", "upstream"] = "downstream"
    toxicity: float = Field(default=1.0, ge=0, le=1, allow_inf_nan=False)
    attributes: dict[str, int] = {}

    @classmethod
    def of(cls, wanted: dict[str, object]) -> Self:
        """From the library's keyword arguments. BadInput for what a server would swallow, ignore or die of."""
        default = f"{wanted.get('type')}_{wanted.get('stream', 'downstream')}"
        try:
            toxic = cls.model_validate({"name": default, **wanted})
        except ValidationError as problem:
            because = "\n".join(
                f"{'.'.join(str(step) for step in error['loc'])}: {error['msg']}" for error in problem.errors()
            )
            raise BadInput(_("this toxic can't be right"), where=default, because=because) from problem
        checked_name(toxic.name)
        return toxic

    def is_told_by(self, told: ToldToxic) -> bool:
        """Whether the server made exactly this."""
        return (
            (self.name, self.type, self.stream, self.attributes)
            == (told.name, told.type, told.stream, told.attributes)
        ) and abs(self.toxicity - told.toxicity) < _TOXICITY_STEP  # fmt: skip

    @field_validator("type")
    @classmethod
    def _known_type(cls, kind: str) -> str:
        if kind not in _ATTRIBUTES:
            raise ValueError(
                _("one of {known} is expected, not {kind!r}").format(known=", ".join(_ATTRIBUTES), kind=kind)
            )
        return kind

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        known = _ATTRIBUTES[self.type]
        for name, value in self.attributes.items():
            if name not in known:
                raise ValueError(
                    _("{type} has no attribute {name!r}, only {known}").format(
                        type=self.type, name=name, known=", ".join(known) or _("none")
                    )
                )
            if value < 0:
                raise ValueError(_("{name} must not be negative").format(name=name))
        asked = self.attributes
        if self.type in _IN_MS and asked.get(_IN_MS[self.type], 0) > _LONGEST_MS:
            raise ValueError(_("{name} is longer than an hour").format(name=_IN_MS[self.type]))
        if self.type == "latency" and asked.get("jitter", 0) > asked.get("latency", 0):
            raise ValueError(_("jitter is larger than latency"))
        if self.type == "bandwidth" and "rate" not in asked:
            raise ValueError(_("rate is missing; 0 stalls, and has to be said"))
        if self.type == "slicer" and not asked.get("size_variation", 0) < asked.get("average_size", 0):
            raise ValueError(_("average_size must be at least 1 and larger than size_variation"))
        # What is not said is 0 on the server; said here, so that its answer can be compared as a whole.
        object.__setattr__(self, "attributes", {**dict.fromkeys(known, 0), **asked})
        return self
