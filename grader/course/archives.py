"""Read submissions from a folder or a zip file without trusting anything in it.

Names are split and inspected, never used as paths; nothing is unpacked to disk; the bytes that are
read are counted, whatever sizes the archive states.
"""

import contextlib
import io
import lzma
import os
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.course import lms
from grader.course.zip_names import UTF8_NAME, Tolerant

MB = 1_000_000
MOST_FILES = 200_000
# Notebooks compress by a factor of 3 to 30; printed zeros by up to 1000.
MOST_RATIO, RATIO_MATTERS = 100, 500 * MB
JUNK = {"__MACOSX", ".DS_Store", ".ipynb_checkpoints", "Thumbs.db", "desktop.ini"}
ENCRYPTED = 0x1
# What the standard library raises for archives and entries that are not what they claim to be.
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError)
DAMAGED += (ValueError, IndexError, OverflowError, MemoryError)
UNREADABLE = (*DAMAGED, NotImplementedError)  # the last for a version of the format
YEARS = range(1970, 3000)  # others are damaged, and no time zone can be applied to some


@dataclass(frozen=True)
class File:
    """A submitted file: its path, its time, and its bytes or why they were not read."""

    parts: tuple
    when: datetime | None
    data: bytes = b""
    refused: str = ""


class Unreadable(Exception):  # noqa: N818, an outcome, not a failure of this program
    """An archive that is not read; the text says why."""


class TooMuch(Unreadable):
    """All files together exceed a limit: nothing more is read."""


class Allowance:
    """How many bytes and files may still be read."""

    def __init__(self, limits):
        """Take the limits of the settings, in MB."""
        self.one, self.left = int(limits["notebook_mb"] * MB), int(limits["total_mb"] * MB)
        self.files = MOST_FILES

    def take(self, stream):
        """Return the bytes of a stream; raise Unreadable if there are too many."""
        data = stream.read(min(self.one, self.left) + 1)
        self.left -= len(data)
        if self.left < 0:
            raise TooMuch("all files together are larger than total_mb in course.toml allows")
        if len(data) > self.one:
            raise Unreadable(f"it is larger than {self.one / MB:g} MB, notebook_mb in course.toml")
        return data

    def count(self):
        """Count one more file."""
        self.files -= 1
        if self.files < 0:
            raise TooMuch(f"it holds more than {MOST_FILES} files")


def files(place, limits):
    """Yield every file in a folder or zip file that may be a submission; raise Unreadable."""
    place, allowance = Path(place), Allowance(limits)
    if place.is_dir():
        yield from _folder(place, allowance)
    elif zipfile.is_zipfile(place):
        yield from _zip(place, allowance, when=None)
    else:
        raise Unreadable("it is neither a folder nor a zip file")


def names(place):
    """Return the paths, in parts, of the files that `files` will yield, without inner archives."""
    return [parts for parts, _ in _paths(place)]


def one_of_several(place, depth):
    """Return each name, at one depth of the paths, that is spelled in two or more ways.

    They differ in their encoding or their Unicode form: mostly one student, but perhaps two.
    """
    written = {}
    for parts, raw in _paths(place):
        if len(parts) == len(raw) > depth:
            written.setdefault(parts[depth], set()).add(raw[depth])
    return sorted(name for name, ways in written.items() if len(ways) > 1)


def texts(place, name, most):
    """Yield the path and the text of each file of one name; of a longer one, only the start."""
    if Path(place).is_dir():
        for path in _walk(place):
            if path.name == name and not path.is_symlink() and path.is_file():
                with contextlib.suppress(OSError), open(path, "rb") as stream:
                    yield _normal(path.relative_to(place).parts), _text(stream, most)
        return
    with contextlib.suppress(*UNREADABLE), Tolerant(place) as archive:
        for entry in archive.infolist():
            parts = _entry_parts(entry)
            if parts[-1:] == (name,) and not _bad_name(entry, parts):
                with contextlib.suppress(*DAMAGED, NotImplementedError, RuntimeError):
                    with archive.open(entry) as stream:
                        text = _text(stream, most)
                    yield parts, text


def _text(stream, most):
    return stream.read(most).decode(errors="replace")


def _paths(place):
    """Return the path of each file, in parts, and how it is written."""
    place = Path(place)
    if place.is_dir():
        paths = [path.relative_to(place).parts for path in _walk(place)]
        pairs = [(_normal(parts), parts) for parts in paths]
        return [pair for pair in pairs if not _junk(pair[0])]
    try:
        with Tolerant(place) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except UNREADABLE as problem:
        raise Unreadable(f"it is neither a folder nor a complete zip file ({problem})") from None
    split = ((entry, _entry_parts(entry)) for entry in entries)
    return [(parts, _split(entry.orig_filename)) for entry, parts in split
            if not _bad_name(entry, parts) and not _junk(parts)]  # fmt: skip


def _walk(place):
    for folder, inside, leaves in os.walk(place):
        inside[:] = sorted(name for name in inside if name not in JUNK)
        links = [name for name in inside if (Path(folder) / name).is_symlink()]
        yield from (Path(folder) / name for name in sorted(leaves) + links)


def _folder(place, allowance):
    for path in _walk(place):
        parts = _normal(path.relative_to(place).parts)
        if not _junk(parts):
            allowance.count()
            yield from _unpacked(_read(path, parts, allowance), allowance)


def _read(path, parts, allowance):
    """Read one file of a folder if it is a regular file and not a link."""
    if path.is_symlink():
        return File(parts, None, refused="it is a link, which is not followed")
    try:
        # Opened before it is inspected, so that nobody can replace it in between.
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(number, "rb") as stream:
            about = os.fstat(stream.fileno())
            if not stat.S_ISREG(about.st_mode):
                return File(parts, None, refused="it is not a regular file")
            when = known_time(lambda: datetime.fromtimestamp(about.st_mtime, UTC))
            return File(parts, when, allowance.take(stream))
    except OSError as problem:
        return File(parts, None, refused=f"it cannot be read: {problem.strerror}")
    except TooMuch:
        raise
    except Unreadable as problem:
        return File(parts, None, refused=str(problem))


def _zip(source, allowance, when):
    """Yield the files of a zip file; `when` replaces their times in a nested zip file."""
    try:
        with Tolerant(source) as archive:
            entries = archive.infolist()
            _refuse_bomb(entries)
            for entry in entries:
                if entry.is_dir() or _junk(parts := _entry_parts(entry)):
                    continue
                allowance.count()
                file = _entry(archive, entry, parts, when, allowance)
                yield from _unpacked(file, allowance) if when is None else [_not_deeper(file)]
    except UNREADABLE as problem:
        raise Unreadable(f"it is a damaged zip file ({problem})") from None


def _refuse_bomb(entries):
    large = sum(entry.file_size for entry in entries)
    small = sum(entry.compress_size for entry in entries) or 1
    if large > RATIO_MATTERS and large / small > MOST_RATIO:
        raise Unreadable(f"it unpacks to {large / small:.0f} times its size: a zip bomb")


def _entry(archive, entry, parts, when, allowance):
    if refused := _bad_name(entry, parts):
        return File(parts, when, refused=refused)
    when = when or _entry_time(entry)
    try:
        with archive.open(entry) as stream:
            return File(parts, when, allowance.take(stream))
    except TooMuch:
        raise
    except Unreadable as problem:
        return File(parts, when, refused=str(problem))
    except DAMAGED as problem:
        return File(parts, when, refused=f"it is damaged in the zip file ({problem})")
    except (NotImplementedError, RuntimeError):
        return File(parts, when, refused="its compression method is not supported")


def _bad_name(entry, parts):
    name = entry.orig_filename.replace("\\", "/")
    if name.startswith("/") or name[1:2] == ":" or ".." in name.split("/"):
        return "its path leads out of the archive"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "it is a link, which is not followed"
    if entry.flag_bits & ENCRYPTED:
        return "it is encrypted"
    return "" if parts else "it has no name"


def _entry_parts(entry):
    """Return an entry's path in parts; names without the UTF-8 flag are UTF-8 if possible."""
    name = entry.orig_filename
    if not entry.flag_bits & UTF8_NAME:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = entry.orig_filename
    return _normal(_split(name))


def _split(name):
    return tuple(part for part in name.replace("\\", "/").split("/") if part not in ("", "."))


def _entry_time(entry):
    """Return an entry's time; a zip file holds local times without a time zone."""
    return known_time(lambda: datetime(*entry.date_time).astimezone())


def known_time(read):
    """Return the time that a function reads, or None if it cannot be one of a submission."""
    try:
        when = read()
    except (ValueError, OverflowError, OSError):
        return None
    return when if when.year in YEARS else None


def _unpacked(file, allowance):
    """Yield the file, or the files in it if it is a zip file."""
    if file.refused or not file.parts[-1].lower().endswith(".zip"):
        yield file
        return
    try:
        stem = file.parts[-1][:-4]
        for inner in _zip(io.BytesIO(file.data), allowance, file.when or datetime.now(UTC)):
            yield File(
                (*file.parts[:-1], stem, *inner.parts), inner.when, inner.data, inner.refused
            )
    except TooMuch:
        raise
    except Unreadable as problem:
        yield File(file.parts, file.when, refused=str(problem))


def _not_deeper(file):
    if not file.refused and file.parts[-1].lower().endswith(".zip"):
        return File(file.parts, file.when, refused="it is a zip in a zip in a zip; unpack it first")
    return file


def _normal(parts):
    """Normalise names: the same name in two Unicode forms is one student."""
    return tuple(lms.normal(lms.decoded(part)) for part in parts)


def _junk(parts):
    return bool(JUNK & set(parts)) or (bool(parts) and parts[-1].startswith("._"))
