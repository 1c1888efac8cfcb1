"""Real training programs, faulty, repaired and healthy, on which the diagnosis is measured."""
