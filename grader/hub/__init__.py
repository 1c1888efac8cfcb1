"""A JupyterHub for the class, with the book's environment and nbgrader's exchange."""
