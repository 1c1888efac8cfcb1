"""The classroom: assignments, and the programs that give them out, collect and grade them."""
