"""What honest code needs although the sandbox refuses it: event loops, and processor time.

This file is copied into the sandbox and imports nothing from the grader.
"""

import asyncio
import os


def install():
    """Put the substitutes where `asyncio`, and IPython for `%time`, look for them."""
    import resource  # not on Windows, where nothing is graded

    asyncio.selector_events.BaseSelectorEventLoop._make_self_pipe = make_bell
    resource.getrusage = processor_time


class Bell:
    """Both ends of the connection by which a loop wakes itself, without a pair of sockets."""

    def __init__(self):
        """Start silent."""
        self.number = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def fileno(self):
        """Return the file descriptor to wait for."""
        return self.number

    def send(self, _):
        """Wake the waiting side."""
        os.eventfd_write(self.number, 1)

    def recv(self, _):
        """Return a byte if somebody sent one, and be silent again."""
        os.eventfd_read(self.number)
        return b"\0"

    def close(self):
        """Close it, if it is open."""
        if self.number >= 0:
            os.close(self.number)
            self.number = -1


def make_bell(loop):
    """Do what a loop does when it makes its connection."""
    loop._ssock = loop._csock = Bell()
    loop._internal_fds += 1
    loop._add_reader(loop._ssock.fileno(), loop._read_from_self)


def processor_time(who):
    """Return what `resource.getrusage` does, of which only the times are known."""
    import resource

    times = os.times()
    is_child = who == resource.RUSAGE_CHILDREN
    known = times[2:4] if is_child else times[:2]
    return resource.struct_rusage((*known, *[0] * 14))
