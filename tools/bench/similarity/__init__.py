"""How well the search for similar submissions finds copies, and how rarely it reports others."""
