"""Read and write the teacher's files: whole or not at all, and a problem is one sentence."""

import json
import os
import uuid
from pathlib import Path


class Problem(Exception):  # noqa: N818, the teacher reads a sentence, not a traceback
    """Something the teacher can fix; its text says in one sentence how."""


def write(path, content, mode=0o644):
    """Write a file so that it exists whole or not at all, even after a power cut."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content if isinstance(content, bytes) else content.encode()
    aside = path.with_name(f".{path.name[:40]}.{uuid.uuid4().hex}.part")
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_text(path):
    """Return the text of a file; raise `Problem` where it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise Problem(f"{path} cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise Problem(
            f"{path} is not UTF-8 text; save it as UTF-8 (in Excel: CSV UTF-8) and try again"
        ) from None


def read_json(path):
    """Return the content of a JSON file, or None if it is missing or damaged."""
    try:
        return json.loads(Path(path).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
