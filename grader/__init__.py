"""The teacher's program: release, collect and grade assignments, and return the points."""
