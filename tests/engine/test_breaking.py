"""What becomes of a block when somebody else has healed what it broke."""

from types import SimpleNamespace

import pytest

from switchdrill.clock import now_ns
from switchdrill.healing.undos import ClosedUndo, UndoStore
from switchdrill.record.folder import RunFolder
from switchdrill.record.journal import Journal, read_journal
from switchdrill.running.breaking import Breaking, Episode
from switchdrill.undo import Undo

UNDO = Undo(kind="test", target="site a", says="nothing", facts={})


@pytest.mark.parametrize("why", ["stood_still", "deadline"])
def test_a_runner_that_finds_its_fault_healed_by_the_healer_ends_there(tmp_path, why):
    folder = RunFolder(tmp_path / "run")
    folder.make()
    store = UndoStore(folder.undo)
    opened, _path, _sha256 = store.write("test", UNDO, deadline_ns=now_ns() + 10**12)
    store.close(ClosedUndo(id=opened.id, by="healer", why=why, said="done", before_ns=1, after_ns=2))
    watch = SimpleNamespace(
        folder=folder, store=store, open_undos={opened.id: "test"}, broken_sites={"a"}, broken_services=set()
    )
    breaking = Breaking(
        SimpleNamespace(faults=[]), journal=Journal(folder.journal), watch=watch, sight=SimpleNamespace()
    )
    episode = Episode(sites={"a"}, open=[(SimpleNamespace(), opened)])

    cut = breaking.heal(episode)

    assert cut is not None
    assert cut.why == {"stood_still": "stood_still", "deadline": "healed_by_deadline"}[why]
    assert not episode.is_broken
    assert [("healer", why)] == [(each.by, each.why) for each in read_journal(folder.journal).entries]
