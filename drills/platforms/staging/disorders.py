"""Puts one thing of the staging platform in disorder, in order again, and looks: for faults that only it can make.

  stream-metadata --site S --what F    push_address, encoder or cdn_nodes is gone from the room's metadata in S's Redis;
                                       S is the standby
  playlist-frozen --site S             nginx at S takes the stream, and writes no playlist any more
  encoder-parameters --what P          the publisher's resolution or gop is not what the metadata says
  dependency-misplaced --site S --what database    gifts of S are in the other site's PostgreSQL
  capacity --site S --what 5%          so much of one processor is left to each of S's edge and origin
  write-guard --site S                 S acknowledges gifts, and its PostgreSQL leads, whoever is active
  failed-checks --site S --what N      the next N checks of S by gdnsd fail

break and heal: exit code 0 when done, 1 with the reason when not. look: 0 in disorder, 1 as it was, 2 neither, or not
known. All of it is done by Docker: it works while the platform's programs hang.
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
