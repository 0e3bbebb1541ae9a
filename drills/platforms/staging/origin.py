"""Starts a site's origin, nginx with its RTMP module; with single publish the site that gets it feeds the other one."""

import os
import sys

import start
from given import setting


def main() -> int:
    sites = [name.strip() for name in setting("PUBLISH_TO").split(",")]
    is_relaying = sites == [setting("SITE")]
    way = f"push rtmp://{setting('INNER')}.2:11935/relay; push_reconnect 1s;" if is_relaying else ""
    os.environ["RELAY"] = way
    return start.main(["nginx.conf=/run/staging/nginx.conf", "--", "nginx", "-c", "/run/staging/nginx.conf"])


if __name__ == "__main__":
    sys.exit(main())
