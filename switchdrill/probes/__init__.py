"""What is measured from outside: a process of its own that asks every target at planned instants, whatever it got.

`python -m switchdrill.probes RUN_FOLDER` reads plan.json and writes `samples/`; `prober.py` starts and ends it for the
engine, `sight.py` is what the engine sees of it live. Nothing here judges: the judge reads the samples later.
"""
