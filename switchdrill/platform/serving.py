"""What tells which site gave an answer: its address, a header of it, or the picture's own mark."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from switchdrill.platform.model import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """Of one platform. Sites are told by their names; None: nothing tells."""

    by_address: Mapping[str, str]
    header: str | None = None
    """Where this is set, an address tells nothing: whoever listens there passes requests on."""
    by_value: Mapping[str, str]
    is_by_picture: bool = False

    def of_answer(self, address: str, values: Sequence[str]) -> str | None:
        """Of an HTTP answer from `address` with these values of the header, one for each time that it stands there.

        Several sites at once are none.
        """
        if self.header is None:
            return self.by_address.get(address)
        sites = {self.by_value.get(value.strip()) for value in values}
        return sites.pop() if len(sites) == 1 else None


def signs_of(platform: Platform) -> Signs:
    return Signs(
        by_address={site.address: name for name, site in platform.sites.items()},
        header=platform.served_header,
        by_value=platform.served_values(),
        is_by_picture=platform.served_by == "picture",
    )
