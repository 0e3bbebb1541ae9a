"""A rule in a network namespace of a run's own is looked for there, by whoever heals it, and nowhere else."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from switchdrill.errors import CouldNotHeal
from switchdrill.healing.there import brought_home
from switchdrill.healing.undos import OpenUndo
from switchdrill.machine import network
from switchdrill.undo import Undo
from switchdrill_faults.packets import nft, way

pytestmark = pytest.mark.needs_root
_LAY = """
import socket, sys, time
from switchdrill.undo import Undo
from switchdrill_faults.packets import way
from switchdrill_faults.packets.rule import Flow

table = sys.argv[1]
laid = way.Way(how="host", table=table, rule=Flow(act="drop", to=["127.0.0.9:9"]))
way.lay(laid)
try:
    socket.create_connection(("127.0.0.9", 9), timeout=0.1)
except TimeoutError:
    facts = {"link": "x", "packets": laid.model_dump_json()}
    print(Undo(kind="link-blackhole", target="link x", says="", facts=facts).model_dump_json(), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def laid() -> Iterator[tuple[way.Way, "subprocess.Popen[str]"]]:
    """A rule that drops in there, and who lives there until his stdin is closed."""
    argv = network.in_a_new_one([sys.executable, "-c", _LAY, f"switchdrill_tests_{os.getpid()}"])
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield way.of(Undo.model_validate_json(child.stdout.readline())), child
        finally:
            child.kill()


def opened(laid: way.Way, where: network.NetworkName | None) -> OpenUndo:
    undo = Undo(kind="link-blackhole", target="link x", says="", facts={"link": "x", "packets": laid.model_dump_json()})
    return OpenUndo(id="1", undo=undo, written_ns=0, deadline_ns=1, boot_id="", network=where)


def test_who_heals_outside_goes_in_there_and_proves_it(laid) -> None:
    rule, _child = laid
    assert not nft.is_there(nft.Here(), rule.table)
    assert way.counted(rule).ok

    assert "packets pass again" in way.heal(rule)
    assert not way.is_laid(rule)
    assert "nothing was done" in way.heal(rule)


def test_an_undo_is_played_in_there_by_whoever_plays_it(laid) -> None:
    rule, _child = laid
    said = brought_home(opened(rule, rule.network))

    assert "packets pass again (nftables in a network namespace of the run's own)" in said
    assert not way.is_laid(rule)


def test_where_nobody_lives_any_more_no_rule_is_left_and_that_is_said(laid) -> None:
    rule, child = laid
    child.communicate("", timeout=10)

    assert "its network namespace is gone, and the rule with it" in way.heal(rule)
    assert "nobody lives in its network namespace any more" in brought_home(opened(rule, rule.network))
    assert not way.is_laid(rule)


def test_what_was_broken_outside_is_not_looked_for_inside(laid, monkeypatch) -> None:
    """Else a rule of this machine would be proven gone by looking where it never was."""
    rule, _child = laid
    monkeypatch.setenv("SWITCHDRILL_NETWORK", "as if we were in one")

    with pytest.raises(CouldNotHeal, match="outside of this network namespace"):
        brought_home(opened(rule, None))
    with pytest.raises(CouldNotHeal):
        way.heal(rule.model_copy(update={"network": None}))
