"""How what we made is known: containers by labels, never by name alone; tables of the packet filter by their name."""

TABLE = "switchdrill_"
"""Every table of ours begins so."""

PROJECT = "switchdrill.project"
OWNER = "switchdrill.owner"
"""The folder on whose behalf it was made."""
SITE = "switchdrill.site"
SERVICE = "switchdrill.service"
"""On containers of anybody's: which site and service of a platform they are."""
HELPER = "switchdrill.helper"
"""On the helper containers that we start, and on an image that has nft, for those who make one."""
