"""Several faults in one sentence: what is made when."""

import pytest

from switchdrill.arrangement import Sequence, Together, in_time
from switchdrill.clock import NS_PER_S
from switchdrill.errors import BadInput
from switchdrill_faults import LinkBlackhole, SiteLoss

LOSS = SiteLoss(site="primary")
HOLE = LinkBlackhole(link="standby.*--viewers")
OTHER = LinkBlackhole(link="standby.*--gslb")


def test_faults_without_an_arrangement_begin_together() -> None:
    assert [(each.after_ns, each.fault) for each in in_time((LOSS, HOLE))] == [(0, LOSS), (0, HOLE)]


def test_a_sequence_in_a_sequence_counts_from_its_own_begin() -> None:
    inner = Sequence(("0s", HOLE), ("2s", OTHER))

    found = in_time((Sequence(("3s", inner), ("0s", Together(LOSS))),))

    assert [(each.after_ns // NS_PER_S, each.fault) for each in found] == [(0, LOSS), (3, HOLE), (5, OTHER)]


@pytest.mark.parametrize(
    "make",
    [
        Together,
        Sequence,
        lambda: Sequence(("1s", LOSS)),
        lambda: Sequence(LOSS),  # type: ignore[arg-type]
        lambda: Sequence(("soon", LOSS)),
        lambda: Sequence((0, LOSS)),  # type: ignore[arg-type]
        lambda: in_time(("site-loss",)),  # type: ignore[arg-type]
        lambda: in_time((Sequence(("0s", "site-loss")),)),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_arrangement_is_told(make: object) -> None:
    with pytest.raises(BadInput):
        make()  # type: ignore[operator]
