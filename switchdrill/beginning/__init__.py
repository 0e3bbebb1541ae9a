"""`switchdrill init`: the first files of a drill repository, and a first platform.yaml from the containers that run."""
