"""The teacher's program: release, collect and grade assignments, and export the points."""
