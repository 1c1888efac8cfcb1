"""Grade submissions: one job per submission, in batches that the engine runs."""
