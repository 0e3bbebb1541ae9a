-- In front of the GSLB's DNS: the place where a drill delays, drops or spoils answers, by the console's own words.
setLocal('0.0.0.0:53')
setACL({'0.0.0.0/0'})
newServer({address = os.getenv('GSLB') .. ':53', name = 'gdnsd'})
-- One backend: that it is silent is for the asker to see, not for a check of ours.
getServer(0):setUp()
setSecurityPollSuffix('')
setVerboseHealthChecks(false)
-- The console listens inside the container only; the key keeps nobody out, dnsdist just wants one.
controlSocket('127.0.0.1:5199')
setKey('c3dpdGNoZHJpbGwtc3RhZ2luZy1jb25zb2xlLWtleS4=')
