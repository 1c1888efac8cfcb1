"""Real training programs, faulty, repaired and healthy, on which the diagnosis is measured."""

# The sets of faults.
SPLITS = (
    *("tuned", "held_out", "fresh", "second", "third"),
    *("fourth", "fifth", "sixth", "seventh"),
)
