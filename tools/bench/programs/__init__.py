"""Real training programs, faulty, repaired and healthy, on which the diagnosis is measured."""

SPLITS = ("tuned", "held_out", "fresh", "second", "third", "fourth", "fifth")  # the sets of faults
