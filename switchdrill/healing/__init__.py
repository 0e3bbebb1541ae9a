"""How everything that was broken comes home: undos on disk, a healer process, a sweep at the next start."""
