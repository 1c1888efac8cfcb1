"""The bundle of Jupyter's JavaScript that `make live` serves, and how it is built."""
