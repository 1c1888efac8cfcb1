"""The checks of an assignment: their declaration, the plan of a round, and the comparison."""
