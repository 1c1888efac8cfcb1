"""The times that nbgrader wrote beside the notebooks, in a folder or a zip file of its folders."""

from datetime import UTC, datetime

from grader.course import archives

NAME = "timestamp.txt"
# What nbgrader's exchange brings along: its own files, and the self-check that was released.
BESIDE = (NAME, "submission_secret.txt", "-check.pyz")
LONGEST = 100  # characters


class Stamps:
    """The times of an archive; an LMS writes none, so there a student would have written them."""

    def __init__(self, place, lms, depth):
        """Read them; `lms` and `depth` are what `grader.course.lms.layout` returns."""
        self.depth, self.times, self.unreadable = depth, {}, []
        for parts, text in archives.texts(place, NAME, LONGEST) if lms == "plain" else ():
            self.times[parts[:-1]] = read = moment(text)
            self.unreadable += [] if read else [parts]

    def of(self, parts):
        """Return a file's time, or None: the outermost, because students write what is inside."""
        above = (parts[:length] for length in range(self.depth + 1, len(parts)))
        return next((self.times[each] for each in above if each in self.times), None)

    def assignment(self, parts):
        """Return the name of nbgrader's assignment that a file belongs to, or None."""
        above = parts[: self.depth + 2]
        return above[-1] if above in self.times and len(parts) > len(above) else None

    def is_beside(self, parts):
        """Tell whether a file is one of nbgrader's own."""
        return parts[:-1] in self.times and parts[-1].endswith(BESIDE)


def moment(text):
    """Return the moment that nbgrader wrote, or None.

    Examples
    --------
    >>> moment("2026-02-02 15:58:23.948203 UTC").isoformat()
    '2026-02-02T15:58:23.948203+00:00'
    >>> moment("2026-02-02 15:58:23 +0100").isoformat()
    '2026-02-02T15:58:23+01:00'
    >>> moment("yesterday"), moment("0001-01-01 00:00:00 +1400")
    (None, None)
    """
    date, _, rest = text.strip().removesuffix(" UTC").partition(" ")
    read = archives.known_time(lambda: datetime.fromisoformat(f"{date} {rest.replace(' ', '')}"))
    return read.replace(tzinfo=UTC) if read and not read.tzinfo else read
