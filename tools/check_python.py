"""Say in one sentence whether this Python can run the book. Runs on any Python, old ones too."""

import sys

OLDEST, NEWEST = (3, 11), (3, 13)


def problem():
    """Return the sentence for a person whose Python cannot run the book, or None."""
    version = sys.version_info[:2]
    if version < OLDEST or version > NEWEST:
        return (
            "the pinned TensorFlow needs Python %d.%d to %d.%d, but %s is Python %d.%d; install "
            "one of those and name it, for example: make book PYTHON=python3.11"
        ) % (OLDEST + NEWEST + (sys.executable,) + version)
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return (
            "%s lacks the modules venv and ensurepip; on Debian and Ubuntu install them with: "
            "apt install python%d.%d-venv"
        ) % ((sys.executable,) + version)
    return None


if __name__ == "__main__":
    sentence = problem()
    sys.exit("error: " + sentence if sentence else 0)
