"""Puts one thing of the embedded platform in disorder, in order again, and looks: for faults that only it can make.

  stream-metadata --site S --what F       push_address, encoder or cdn_nodes is gone from the room's metadata at S
  playlist-frozen --site S                S takes segments, and lists no new ones
  encoder-parameters --what P             the publisher's resolution, codec or gop is not what the metadata says
  dependency-misplaced --site S --what database    gifts of S are written at the other site
  capacity --site S --what 5%             so much is left of what S's origin answers in a second
  write-guard --site S                    S acknowledges gifts whoever is active
  failed-checks --site S --what N         the GSLB's next N checks of S fail

break and heal: exit code 0 when done, 1 with the reason when not. look: 0 in disorder, 1 as it was, 2 neither, or not
known. Nothing here asks a program to do anything but look: it works while they hang.
"""

import sys

from disordered_metadata import StreamMetadata
from disordered_site import Capacity, DependencyMisplaced, FailedChecks, WriteGuard
from disordered_stream import EncoderParameters, PlaylistFrozen

from switchdrill.platform.disorder import Known
from switchdrill.platform.disordering import Upset, run

UPSETS: dict[Known, Upset] = {
    "stream-metadata": StreamMetadata(),
    "playlist-frozen": PlaylistFrozen(),
    "encoder-parameters": EncoderParameters(),
    "dependency-misplaced": DependencyMisplaced(),
    "capacity": Capacity(),
    "write-guard": WriteGuard(),
    "failed-checks": FailedChecks(),
}

if __name__ == "__main__":
    sys.exit(run(__doc__, UPSETS))
