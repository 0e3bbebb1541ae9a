"""The audience: HLS viewers in Locust, only ever as a subprocess.

`locustfile.py` and what it imports run inside that subprocess, on gevent. The engine imports `audience.py`, which
starts and ends it and reads its lines; it never imports Locust, which would patch the engine's own sockets and locks.
"""
