from switchdrill_faults import (
    LinkBlackhole,
    LinkRefused,
    PacketCorruption,
    PacketDelay,
    PacketDuplication,
    PacketLoss,
    PacketReordering,
    Partition,
    SharedBandwidth,
)

WITH_ROOT = [
    LinkBlackhole(link="primary.service*--viewers"),
    PacketLoss(link="primary.service0--viewers", percent=30, burst=4),
    Partition(one="primary", other="standby"),
    SharedBandwidth(link="primary.service*--viewers", rate="1mbit"),
]
CONTAINED = [
    LinkBlackhole(link="a.front--a.back"),
    LinkRefused(link="a.front--a.back"),
    PacketDuplication(link="a.front--a.back", percent=30),
]
WITH_NETEM = [
    PacketCorruption(link="primary.service0--viewers", percent=1),
    PacketDelay(link="primary.service0--viewers", delay="50ms", jitter="5ms"),
    PacketReordering(link="primary.service0--viewers", percent=5),
]
