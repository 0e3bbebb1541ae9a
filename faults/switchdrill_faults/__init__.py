"""What can be broken: one file a fault, one folder a mechanism."""

from switchdrill.arrangement import Sequence, Together
from switchdrill_faults.link_bandwidth import LinkBandwidth
from switchdrill_faults.link_blackhole import LinkBlackhole
from switchdrill_faults.service_kill import ServiceKill
from switchdrill_faults.service_pause import ServicePause
from switchdrill_faults.service_restart import ServiceRestart
from switchdrill_faults.service_stop import ServiceStop
from switchdrill_faults.site_loss import SiteLoss

__all__ = [
    "LinkBandwidth",
    "LinkBlackhole",
    "Sequence",
    "ServiceKill",
    "ServicePause",
    "ServiceRestart",
    "ServiceStop",
    "SiteLoss",
    "Together",
]
