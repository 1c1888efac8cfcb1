"""Mutation tests: plant one error in a copy of the project, and expect a check to fail."""
