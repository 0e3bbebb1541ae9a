"""How what we made with Docker is known: by labels, never by name alone."""

PROJECT = "switchdrill.project"
OWNER = "switchdrill.owner"
"""The folder on whose behalf it was made."""
SITE = "switchdrill.site"
SERVICE = "switchdrill.service"
"""On containers of anybody's: which site and service of a platform they are."""
