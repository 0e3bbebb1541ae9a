from switchdrill_faults import ServiceKill, ServicePause, ServiceRestart, ServiceStop

CONTAINED = [
    ServiceKill(service="standby.other"),
    ServiceStop(service="standby.other"),
    ServicePause(service="standby.other"),
    ServiceRestart(service="standby.other"),
]
