"""A stream that is not what its metadata says: another size, another codec, too few key pictures."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from switchdrill.platform.disorder import Known
from switchdrill.record.plan import Legend
from switchdrill.text import marked
from switchdrill_faults.commanded.disorder import DisorderFault
from switchdrill_faults.parameter import refuse_empty

Parameter = Literal["resolution", "codec", "gop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongEncoderParameters(DisorderFault):
    """The publisher goes on with one parameter other than the room's metadata says.

    Rehearses "push address, encoder parameters, CDN nodes must all be in step" (rows 10, 48), from the stream's side.
    """

    kind: ClassVar[str] = "wrong-encoder-parameters"
    disorder: ClassVar[Known] = "encoder-parameters"
    legend: ClassVar[Legend] = Legend(
        name=marked("Wrong encoder parameters"),
        looks_like=marked("segments go on; a player that believes the metadata shows them wrongly, or not at all"),
        pattern="dots",
    )

    parameter: Parameter = "resolution"
    """`gop`: key pictures come so rarely that a segment can't be shown by itself."""

    def __post_init__(self) -> None:
        refuse_empty(self, parameter=self.parameter)

    def _what(self) -> str:
        return self.parameter
