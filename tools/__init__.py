"""What only maintainers run: canonical notebooks, execution, the documents' numbers, timing."""
