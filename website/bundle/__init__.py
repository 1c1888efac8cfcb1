"""The one file of foreign JavaScript that `make live` serves, and how it is made."""
