from switchdrill_faults import LinkBlackhole

WITH_ROOT = [LinkBlackhole(link="primary.service*--viewers")]
CONTAINED = [LinkBlackhole(link="a.front--a.back")]
