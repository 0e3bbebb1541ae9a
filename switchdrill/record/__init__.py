"""The record of a run: pure data and the files it lives in. The judge reads only this."""
