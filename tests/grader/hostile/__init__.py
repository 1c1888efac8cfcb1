"""Submissions named by what they do, each with the score it must get."""
