"""The system calls that a student's process may make, as a filter of the kernel.

Everything is refused that Python, NumPy and TensorFlow do not need: what inspects other processes,
reaches rarely used parts of the kernel, or holds memory that no limit counts; and what could tell a
later or a neighbouring sandbox something. For that, a counter of the whole machine is enough. So
there are no new pipes and sockets, whose numbers are counted; no statistics on the process, which
show whether a file was in memory; and no waiting for words in files that all sandboxes share. This
file is copied into the sandbox and imports nothing from the grader.
"""

import errno
import platform

ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
# Allowed calls: their numbers on each architecture.
ALLOWED = {
    # Files, without locks, watches, advice and the state of the disk.
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66),
    "pread64": (17, 67), "pwrite64": (18, 68), "preadv": (295, 69), "pwritev": (296, 70),
    "lseek": (8, 62), "sendfile": (40, 71), "copy_file_range": (326, 285), "open": (2, None),
    "openat": (257, 56), "creat": (85, None), "close": (3, 57), "dup": (32, 23),
    "dup2": (33, None), "dup3": (292, 24), "access": (21, None), "faccessat": (269, 48),
    "faccessat2": (439, 439), "stat": (4, None), "lstat": (6, None), "fstat": (5, 80),
    "newfstatat": (262, 79), "statx": (332, 291), "getdents": (78, None),
    "getdents64": (217, 61), "readlink": (89, None), "readlinkat": (267, 78),
    "getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50), "umask": (95, 166),
    "rename": (82, None), "renameat": (264, 38), "renameat2": (316, 276), "mkdir": (83, None),
    "mkdirat": (258, 34), "rmdir": (84, None), "unlink": (87, None), "unlinkat": (263, 35),
    "link": (86, None), "linkat": (265, 37), "symlink": (88, None), "symlinkat": (266, 36),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "truncate": (76, 45),
    "ftruncate": (77, 46), "fallocate": (285, 47), "fsync": (74, 82), "fdatasync": (75, 83),
    # Memory.
    "munmap": (11, 215), "mprotect": (10, 226), "mremap": (25, 216), "msync": (26, 227),
    "brk": (12, 214),
    # Signals and time.
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "rt_sigpending": (127, 136), "rt_sigtimedwait": (128, 137), "rt_sigsuspend": (130, 133),
    "sigaltstack": (131, 132), "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131),
    "pause": (34, None), "alarm": (37, None), "getitimer": (36, 102), "setitimer": (38, 103),
    "nanosleep": (35, 101), "clock_nanosleep": (230, 115), "restart_syscall": (219, 128),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "gettimeofday": (96, 169),
    "time": (201, None), "times": (100, 153),
    # Processes and threads.
    "getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173), "getuid": (102, 174),
    "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177), "getgroups": (115, 158),
    "getresuid": (118, 148), "getresgid": (120, 150), "getpgrp": (111, None),
    "getpgid": (121, 155), "setpgid": (109, 154), "getsid": (124, 156), "setsid": (112, 157),
    "uname": (63, 160), "capget": (125, 90), "getrlimit": (97, 163), "setrlimit": (160, 164),
    "prlimit64": (302, 261), "getpriority": (140, 141), "setpriority": (141, 140),
    "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120), "sched_get_priority_max": (146, 125),
    "sched_get_priority_min": (147, 126), "getcpu": (309, 168), "set_tid_address": (218, 96),
    "set_robust_list": (273, 99), "get_robust_list": (274, 100), "rseq": (334, 293),
    "arch_prctl": (158, None), "fork": (57, None), "vfork": (58, None), "exit": (60, 93),
    "exit_group": (231, 94),
    # Waiting, and the connection to the grader, which exists already.
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72),
    "epoll_create": (213, None), "epoll_create1": (291, 20), "epoll_ctl": (233, 21),
    "epoll_wait": (232, None), "epoll_pwait": (281, 22), "epoll_pwait2": (441, 441),
    "eventfd": (284, None), "eventfd2": (290, 19), "sendto": (44, 206), "recvfrom": (45, 207),
    "recvmsg": (47, 212), "shutdown": (48, 210), "getsockname": (51, 204),
    "getpeername": (52, 205), "getrandom": (318, 278),
}  # fmt: skip
# Calls of which only some arguments are allowed.
CLONE, FUTEX, MMAP, WAIT4, WAITID = (56, 220), (202, 98), (9, 222), (61, 260), (247, 95)
NEW_NAMESPACES, NEW_DESCRIPTOR = 0x7E020000, 0x1000
THREAD, SAME_FILES = 0x10000, 0x400  # a thread with open files of its own would hide them
SHARED_MEMORY = 0x21  # without a file, which no limit counts
PRIVATE, OPERATION = 0x80, 0x7F  # of a futex
WAIT, WAKE, WAIT_BITSET = 0, 1, 9
# Which argument, its allowed values, and the error for others.
SOME = {
    "fcntl": ((72, 25), 1, (0, 1, 2, 3, 4, 1030), errno.EPERM),  # descriptors and their flags
    "ioctl": ((16, 29), 1, (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451), errno.ENOTTY),
    "madvise": ((28, 233), 2, (0, 4, 8, 14, 15), errno.EPERM),  # not needed, free, (no) huge pages
    "prctl": ((157, 167), 0, (1, 2, 3, 15, 16, 21, 23, 39), errno.EINVAL),  # names; what it is
    "getsockopt": ((55, 209), 2, (3, 4, 38, 39), errno.ENOPROTOOPT),  # the kind of a socket
}
# Answers without a call where an unknown call would stop honest programs; 0 claims success.
TIMES = {"utime": (132, None), "utimes": (235, None), "futimesat": (261, None),
         "utimensat": (280, 88)}  # fmt: skip
SOCKET = (41, 198)
ATTRIBUTES = tuple((188 + n, 5 + n) for n in range(12))  # setxattr … fremovexattr
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN, AND = 0x20, 0x15, 0x35, 0x45, 0x06, 0x54
KILL, ERROR = (RETURN, 0, 0, 0x80000000), 0x00050000
ALLOW = (RETURN, 0, 0, 0x7FFF0000)


def program():
    """Return the filter as instructions of the kernel's packet filter; [] where it is unknown."""
    if platform.machine() not in ARCHITECTURES:
        return []
    architecture, column = ARCHITECTURES[platform.machine()]
    lines = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, architecture), KILL]
    lines += [(LOAD, 0, 0, 0), (AT_LEAST, 0, 1, 0x40000000), refuse(errno.ENOSYS)]
    for numbers, checks in _checked():
        lines += _only_for(numbers[column], checks)
    for numbers, *answer in _answered():
        lines += _only_for(numbers[column], answer)
    return [*lines, refuse(errno.ENOSYS)]


def refuse(number):
    """Return the instruction that refuses a call with an error; 0 pretends that it succeeded."""
    return (RETURN, 0, 0, ERROR | number)


def _only_for(number, checks):
    """Return instructions for one call alone; all of their ways end with a RETURN."""
    return [] if number is None else [(EQUAL, 0, len(checks), number), *checks]


def _answered():
    """Yield the calls that have one answer, whatever their arguments."""
    yield from ((numbers, ALLOW) for numbers in ALLOWED.values())
    yield from ((numbers, refuse(0)) for numbers in TIMES.values())
    yield from ((numbers, refuse(errno.ENOTSUP)) for numbers in ATTRIBUTES)
    yield SOCKET, refuse(errno.EAFNOSUPPORT)


def _checked():
    """Yield the calls whose arguments decide."""
    yield FUTEX, _futex()
    shared = [(AND, 0, 0, SHARED_MEMORY), (EQUAL, 1, 0, SHARED_MEMORY)]
    yield MMAP, [_argument(3), *shared, ALLOW, refuse(errno.EPERM)]
    yield (
        CLONE,
        [
            *(_argument(0), (ANY_BIT, 3, 0, NEW_NAMESPACES | NEW_DESCRIPTOR)),
            *((AND, 0, 0, THREAD | SAME_FILES), (EQUAL, 1, 0, THREAD)),
            *(ALLOW, refuse(errno.EPERM)),
        ],
    )
    yield from ((WAIT4, _without_statistics(3)), (WAITID, _without_statistics(4)))
    for numbers, place, values, error in SOME.values():
        tests = [(EQUAL, len(values) - n, 0, value) for n, value in enumerate(values)]
        yield numbers, [_argument(place), *tests, refuse(error), ALLOW]


def _argument(place, half=0):
    """Return the instruction that loads half of an argument, the lower one by default."""
    return (LOAD, 0, 0, 16 + 8 * place + 4 * half)


def _without_statistics(place):
    """Return instructions that allow a call if one argument points nowhere."""
    return [
        *(_argument(place), (EQUAL, 0, 3, 0), _argument(place, 1), (EQUAL, 0, 1, 0)),
        *(ALLOW, refuse(errno.EPERM)),
    ]


def _futex():
    """Return instructions that let threads wait for words of their own process alone.

    A word in a file that two sandboxes map is one word. A thread that waits without saying that
    it is private, as the C library does for the end of a thread, polls instead.
    """
    return [
        *(_argument(1), (ANY_BIT, 0, 1, PRIVATE), ALLOW, (AND, 0, 0, OPERATION)),
        *((EQUAL, 3, 0, WAIT), (EQUAL, 2, 0, WAIT_BITSET), (EQUAL, 2, 0, WAKE)),
        *(refuse(errno.ENOSYS), refuse(errno.EAGAIN), refuse(0)),
    ]
