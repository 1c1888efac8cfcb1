"""The teacher's course folder: release, collect, gradebook, manual grading, feedback, export."""
