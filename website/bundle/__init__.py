"""The bundles in website/cells: Jupyter's client and an editor, and how they are built."""
