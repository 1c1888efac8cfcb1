"""What only maintainers run: notebooks in canonical form, execution, the documents' numbers, benchmarks."""
