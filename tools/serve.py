"""Show the built book on this machine only. Usage: python -m tools.serve FOLDER [--port N]"""

import argparse
import functools
import http.server
import sys
from pathlib import Path


def main(arguments=None):
    """Serve a folder on 127.0.0.1 until the person stops it with Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tools.serve", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    options = parser.parse_args(arguments)
    if not (options.folder / "index.html").exists():
        sys.exit(f"error: there is no built book in {options.folder}; run: make book")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=options.folder)
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), handler)
    except (OSError, OverflowError) as problem:
        sys.exit(
            f"error: port {options.port} cannot be used ({problem}); "
            "try another one, for example: make serve PORT=8080"
        )
    print(f"The book is at http://127.0.0.1:{server.server_port}/ (stop with Ctrl-C)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
