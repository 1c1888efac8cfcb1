"""What turns the pages into the site: Sphinx extension, live cells, Pyodide, PDF, server."""
