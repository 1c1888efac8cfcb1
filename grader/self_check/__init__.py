"""The self-check of students: whatever needs no secret, in a file beside the notebook."""
