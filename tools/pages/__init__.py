"""Sphinx extensions of the book, one module per concern; `_config.yml` names them."""
