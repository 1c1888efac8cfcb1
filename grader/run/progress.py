"""A progress bar with rate and time left, for a terminal and for a log."""

import sys
import time


class Bar:
    """Progress of `total` jobs: one line that changes on a terminal, else a line per 10 percent."""

    def __init__(self, total, what, stream=None):
        """Start the clock."""
        self.total, self.what, self.stream = total, what, stream or sys.stderr
        self.start, self.shown = time.monotonic(), -1

    def show(self, done):
        """Show how many are done."""
        step = done if self.stream.isatty() else 10 * done // max(self.total, 1)
        if step == self.shown and not self.stream.isatty():
            return
        self.shown = step
        line = bar_line(done, self.total, time.monotonic() - self.start, self.what)
        self._print(f"\r\x1b[K{line}" if self.stream.isatty() else f"{line}\n")

    def say(self, sentence):
        """Print a separate line above the bar."""
        self._print(f"\r\x1b[K{sentence}\n" if self.stream.isatty() else f"{sentence}\n")

    def end(self):
        """End the bar's line."""
        if self.stream.isatty() and self.shown >= 0:
            self._print("\n")

    def _print(self, text):
        self.stream.write(text)
        self.stream.flush()


def bar_line(done, total, seconds, what, width=24):
    """Return the line of a progress bar.

    Examples
    --------
    >>> bar_line(50, 200, 60.0, "graded", width=8)
    '[##......] 50 of 200 graded, 50 a minute, 3 min left'
    >>> bar_line(0, 3, 1.0, "graded", width=8)
    '[........] 0 of 3 graded'
    """
    filled = width * done // total if total else width
    line = f"[{'#' * filled}{'.' * (width - filled)}] {done} of {total} {what}"
    if not done or not seconds:
        return line
    left = seconds / done * (total - done)
    return f"{line}, {60 * done / seconds:.0f} a minute, {duration(left)} left"


def duration(seconds):
    """Return a duration in words.

    Examples
    --------
    >>> duration(42), duration(150), duration(7300)
    ('42 s', '2 min', '2 h 2 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
