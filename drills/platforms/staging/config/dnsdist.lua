-- In front of the GSLB's DNS and of both operators' resolvers, each at a port of its own: the place where a drill delays,
-- drops or spoils answers, by the console's own words. Questions over TCP pass names.py's Toxiproxy before they come here.
setLocal('0.0.0.0:53')
addLocal('0.0.0.0:5301')
addLocal('0.0.0.0:5302')
setACL({'0.0.0.0/0'})
-- That one of them is silent is for the asker to see, not for a check of ours.
newServer({address = os.getenv('GSLB') .. ':53', name = 'gdnsd'}):setUp()
newServer({address = os.getenv('TELECOM') .. ':53', name = 'telecom', pool = 'telecom'}):setUp()
newServer({address = os.getenv('UNICOM') .. ':53', name = 'unicom', pool = 'unicom'}):setUp()
addAction(DSTPortRule(5301), PoolAction('telecom'), {name = 'telecom'})
addAction(DSTPortRule(5302), PoolAction('unicom'), {name = 'unicom'})
setSecurityPollSuffix('')
setVerboseHealthChecks(false)
-- The console listens inside the container only; the key keeps nobody out, dnsdist just wants one.
controlSocket('127.0.0.1:5199')
setKey('c3dpdGNoZHJpbGwtc3RhZ2luZy1jb25zb2xlLWtleS4=')
