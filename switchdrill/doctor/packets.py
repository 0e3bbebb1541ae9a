"""Whether packets can be dropped and counted on this host, and whether rules of dead drills still do."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from switchdrill.containers.labels import TABLE
from switchdrill.doctor.need import Need
from switchdrill.healing.undos import UndoStore
from switchdrill.machine import network
from switchdrill.machine.command import Ran, path_of, run
from switchdrill.machine.netem import why_no_netem
from switchdrill.machine.packet_filter import SKILLS, Skill, why_lacking
from switchdrill.record.folder import RunFolder
from switchdrill.state import open_runs
from switchdrill.text import _

_BRIDGE = Path("/proc/sys/net/bridge/bridge-nf-call-iptables")
_LIMIT_S = 3.0
_HEALER = b"switchdrill.healing"


def needs() -> Iterator[Need]:
    is_root, nft = os.geteuid() == 0, path_of("nft")
    lacking: list[tuple[str, str]] = []
    if not nft:
        lacking.append((_("there is no nft on this host"), _("as root:  apt-get install nftables")))
    if not is_root:
        lacking.append((_("rules on this host need root"), _("run drills as root")))
    if nft and is_root:
        lacking += _kernel(nft)
    yield Need(
        name=_("packet path"),
        is_met=not lacking,
        found="\n".join(said for said, _mend in lacking) or _("root, nft, and this kernel takes its rules"),
        purpose=_("black holes and refusals of containers and links; without it helper containers that have nft do"),
        mend="\n".join(mend for _said, mend in lacking),
        is_needed=False,
    )
    if nft and is_root:
        yield from _skills()
        yield from _bridges()
        yield from _tables(nft)


def without_root() -> Need:
    """Whether the packet path of a platform of plain processes is there for users, too."""
    is_root, allowing = os.geteuid() == 0, network.what_allows_it()
    why = network.why_none() if not is_root else _("a setting of this machine forbids it to users") if allowing else ""
    found = _("yes: in a network namespace of the run's own, which is made when a run begins")
    if why:
        found = _("no: {reason}").format(reason=why)
    elif is_root:
        found = _("nothing that root can see forbids it")
    return Need(
        name=_("without root"),
        is_met=not why,
        found=found,
        purpose=_("black holes and lost packets of the embedded platform, or of another one of plain processes"),
        mend=allowing if why else "",
        is_needed=False,
    )


def _kernel(nft: str) -> Iterator[tuple[str, str]]:
    if not _ran(nft, "list", "tables").is_fine:
        yield _("the kernel does not take nft's questions"), _("as root:  modprobe nf_tables")


def _skills() -> Iterator[Need]:
    """Faults that not every kernel can have, each with what it lacks."""
    skills: tuple[tuple[Skill, str, str], ...] = (
        ("share", _("lost packets"), "PacketLoss"),
        ("bursts", _("losses in a row"), _("PacketLoss with a burst")),
        ("copies", _("doubled packets"), "PacketDuplication"),
    )
    for skill, name, purpose in skills:
        why, module = why_lacking(skill), SKILLS[skill][1]
        yield _of_kernel(name, why, purpose, _("as root:  modprobe {module}").format(module=module))
    yield _of_kernel(
        "netem",
        why_no_netem(),
        _("PacketDelay, PacketCorruption and PacketReordering; unproven: tried in User Mode Linux only"),
        _("a kernel with sch_netem, ifb, cls_u32 and act_mirred (Debian: linux-image-amd64), and iproute2"),
    )


def _of_kernel(name: str, why: str, purpose: str, mend: str) -> Need:
    found = why or _("this kernel has it")
    return Need(name=name, is_met=not why, found=found, purpose=purpose, mend=mend if why else "", is_needed=False)


def _bridges() -> Iterator[Need]:
    try:
        is_on = _BRIDGE.read_text(encoding="ascii").strip() == "1"
        mend = _("as root:  sysctl -w net.bridge.bridge-nf-call-iptables=1")
    except OSError:
        is_on, mend = False, _("as root:  modprobe br_netfilter")
    yield Need(
        name=_("bridges' packets"),
        is_met=is_on,
        found=_("seen by this host's rules") if is_on else _("this host's rules do not see what stays on one bridge"),
        purpose=_("faults of links between two containers of one network"),
        mend="" if is_on else mend,
        is_needed=False,
    )


def _tables(nft: str) -> Iterator[Need]:
    """Tables of ours that no open undo knows: whoever laid them is gone, and nobody else will take them away."""
    tables = [line.split()[1:3] for line in _ran(nft, "list", "tables").said.splitlines() if len(line.split()) >= 3]
    ours = [(family, name) for family, name in tables if name.startswith(TABLE)]
    if not ours:
        return
    known = "\n".join(_undos())
    left = [(family, name) for family, name in ours if name not in known]
    if left:
        yield Need(
            name=_("left behind"),
            is_met=False,
            found=_("rules that no drill on this machine knows: {names}").format(
                names=", ".join(dict.fromkeys(name for _family, name in left))
            ),
            purpose=_("they still drop packets of whatever has those addresses now"),
            mend="\n".join(f"nft delete table {family} {name}" for family, name in left),
            is_needed=False,
        )


def _undos() -> Iterator[str]:
    """Of this user's open runs, and of everybody's that a healer on this machine watches."""
    for folder in {*(Path(each.folder) for each in open_runs()), *_watched()}:
        for undo in UndoStore(RunFolder(folder).undo).open():
            yield undo.model_dump_json()


def _watched() -> Iterator[Path]:
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = process.read_bytes().split(b"\0")
        except OSError:  # it has ended, or is not ours to see
            continue
        if _HEALER in words[:-1]:
            yield Path(os.fsdecode(words[words.index(_HEALER) + 1]))


def _ran(*argv: str) -> Ran:
    try:
        return run(argv, limit_s=_LIMIT_S)
    except (OSError, subprocess.SubprocessError) as problem:
        return Ran(code=127, said=str(problem))
