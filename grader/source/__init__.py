"""The source notebooks of assignments: what is released, declared answers, and the audit."""
