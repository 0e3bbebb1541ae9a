"""A drill that is refused is recorded like any other: that somebody asked for it, and why it was not begun."""

from contextlib import closing

from switchdrill.clock import anchor, now_ns
from switchdrill.errors import SwitchdrillError
from switchdrill.platform.find import DEFAULT, find_file, read_unplaced
from switchdrill.record.entries import Checked, Closed
from switchdrill.record.journal import Journal
from switchdrill.running.planning import Draft, begin_folder, opening


def record_refusal(draft: Draft, problem: SwitchdrillError) -> bool:
    """Write the run's folder: plan as far as it got, the reason, the end. False: it could not be written."""
    try:
        if draft.platform is None:  # refused before it was placed; its file says what was meant
            named = draft.request.platform or DEFAULT
            draft.platform, draft.platform_file = read_unplaced(named), find_file(named)
        plan = draft.plan()
        begin_folder(draft.folder, plan, draft.request, draft.platform_file)
        with closing(Journal(draft.folder.journal)) as journal:
            journal.write(opening(plan, draft.folder, anchor()))
            journal.write(Checked(t_ns=now_ns(), name="preflight", ok=False, said=str(problem)))
            journal.write(Closed(t_ns=now_ns(), by="runner", all_healed=True))
    except (OSError, SwitchdrillError):
        return False
    return True
