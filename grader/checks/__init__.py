"""What a hidden cell declares, what it expects, and whether an answer is right."""
