"""Isolate a process with the kernel's means: namespaces, limits, no rights, fewer system calls.

bubblewrap has already removed the network, the files and the other processes from the template's
view (see `grader.sandbox.launcher`). Here, each fork of the template moves to namespaces of its
own, so that a student's process sees neither the template nor a different student. This file is
copied into the sandbox and imports nothing from the grader.
"""

import ctypes
import errno
import os
import platform
import struct

try:
    import resource
except ModuleNotFoundError:  # on Windows, where there is no sandbox
    resource = LIBC = None
else:
    LIBC = ctypes.CDLL(None, use_errno=True)

NEW_NAMESPACES = 0x7E020000  # mount, cgroup, UTS, IPC, user, PID, network
REMOUNT = 32 | 4096  # of this mount alone
READ_ONLY, NO_SUID, NO_DEV, NO_EXEC = 1, 2, 4, 8
PRIVATE = (1 << 14) | (1 << 18)  # recursively
ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
# Refused system calls, per architecture: those that inspect other processes, change mounts, reach
# rarely used parts of the kernel, or hold memory that no limit counts.
REFUSED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "kcmp": (312, 272), "pidfd_getfd": (438, 438), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "move_mount": (429, 429),
    "open_tree": (428, 428), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432),
    "fspick": (433, 433), "mount_setattr": (442, 442), "unshare": (272, 97), "setns": (308, 268),
    "open_by_handle_at": (304, 265), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "syslog": (103, 116),
    "acct": (163, 89), "quotactl": (179, 60), "fanotify_init": (300, 262),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194),
    "clone3": (435, 435),
    # Memory of the kernel: queues, sockets whose other end is closed, pages in pipes.
    "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180), "io_setup": (206, 0),
    "socket": (41, 198), "sendmsg": (46, 211), "sendmmsg": (307, 269), "vmsplice": (278, 75),
    "splice": (275, 76), "tee": (276, 77), "remap_file_pages": (216, 234),
    # What two sandboxes could tell each other: locks, watches and the page cache of shared files.
    "flock": (73, 32), "inotify_init1": (294, 26), "fanotify_mark": (301, 263),
    "fadvise64": (221, 223), "readahead": (187, 213), "mincore": (27, 232),
    "cachestat": (451, 451), "preadv2": (327, 286), "pwritev2": (328, 287),
    "process_madvise": (440, 440), "move_pages": (279, 239), "sync_file_range": (277, 84),
    "sync": (162, 81), "syncfs": (306, 267), "name_to_handle_at": (303, 264),
}  # fmt: skip
# Calls of which only some arguments are refused: the numbers, which argument, which values.
FCNTL, MADVISE, PRCTL, MMAP, OPTION = (72, 25), (28, 233), (157, 167), (9, 222), (54, 208)
LOCKS = (5, 6, 7, 36, 37, 38, 1024, 1026, 1031)  # locks, leases, watches, the size of a pipe
ADVICE = (0, 4, 8, 14, 15)  # allowed: normal, don't need, free, (no) huge pages
SET_DUMPABLE, SHARED_MEMORY = 4, 0x21  # without a file, which no limit counts
BUFFERS = (7, 8, 32, 33)  # sizes of a socket's buffers
CLONE = (56, 220)
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN, AND = 0x20, 0x15, 0x35, 0x45, 0x06, 0x54
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000


def _done(result):
    """Raise an error that the C library reported."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def become(uid):
    """Give up root for good, but remain able to make new namespaces."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    _done(LIBC.prctl(4, 1, 0, 0, 0))  # PR_SET_DUMPABLE


def die_with_parent():
    """End when the parent ends, however it ends."""
    _done(LIBC.prctl(1, 9, 0, 0, 0))  # PR_SET_PDEATHSIG, SIGKILL


def new_namespaces():
    """Leave all namespaces of the parent; the next fork is process 1 of the new ones."""
    uid, gid = os.getuid(), os.getgid()
    _done(LIBC.unshare(NEW_NAMESPACES))
    for name, text in (("setgroups", "deny"), ("uid_map", f"1000 {uid} 1"),
                       ("gid_map", f"1000 {gid} 1")):  # fmt: skip
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def private_files(disk_mb):
    """Mount an empty /tmp and /dev/shm of limited size, and hide /proc.

    /proc would show the paths of the teacher, counters of the whole machine, and what other
    processes do with files. TensorFlow ends the process where it cannot find its program.
    """
    program = os.readlink("/proc/self/exe")
    with open("/proc/self/cmdline") as file:
        command = file.read()
    _mount("none", "/", "", PRIVATE)
    for place, share in (("/tmp", 3), ("/dev/shm", 1)):
        options = f"size={disk_mb * share * 2**18},nr_inodes=10000,mode=700"
        _mount("tmpfs", place, options, NO_SUID | NO_DEV | NO_EXEC, kind="tmpfs")
    quiet = NO_SUID | NO_DEV | NO_EXEC
    for place in ("/proc", "/dev/pts"):
        _mount("tmpfs", place, "size=16k,mode=755", quiet, kind="tmpfs")
    os.mkdir("/proc/self")
    os.symlink(program, "/proc/self/exe")
    with open("/proc/self/cmdline", "w") as file:
        file.write(command)
    for place in ("/proc", "/dev/pts"):
        _mount("none", place, None, quiet | READ_ONLY | REMOUNT)


def _mount(source, place, options, flags, kind=None):
    """Call mount(2)."""
    texts = [None if text is None else text.encode() for text in (source, place, kind, options)]
    _done(LIBC.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3]))


def limit(limits):
    """Set the kernel's limits: per process, and the number of processes in this sandbox."""
    base = _address_space()
    for name, value in {
        "AS": base + limits["memory_mb"] * 2**20,
        "CPU": limits["cpu_seconds"],
        "FSIZE": limits["disk_mb"] * 2**20,
        "NPROC": limits["processes"],
        "NOFILE": 256,
        "CORE": 0,
        "MEMLOCK": 0,
        "MSGQUEUE": 0,
    }.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def _address_space():
    """Return how many bytes of address space the process already has."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def drop_rights():
    """Give up every capability for good, for this process and all that it starts."""
    for capability in range(64):
        if LIBC.prctl(24, capability, 0, 0, 0) != 0:  # PR_CAPBSET_DROP, until there are no more
            break
    header, nothing = struct.pack("Ii", 0x20080522, 0), bytes(24)
    _done(LIBC.capset(header, nothing))
    _done(LIBC.prctl(38, 1, 0, 0, 0))  # PR_SET_NO_NEW_PRIVS


def filter_calls():
    """Refuse the system calls of `REFUSED`, new namespaces and unusual sockets.

    Returns
    -------
    bool
        False on a processor whose call numbers are not known here: then there is no filter.
    """
    if platform.machine() not in ARCHITECTURES:
        return False
    program = _filter(*ARCHITECTURES[platform.machine()])
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    filled = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(buffer))
    _done(LIBC.prctl(22, 2, filled, 0, 0))  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
    return True


def _filter(architecture, column):
    """Return the filter as instructions of the kernel's packet filter."""
    program = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, architecture), (RETURN, 0, 0, KILL)]
    program += [(LOAD, 0, 0, 0), (AT_LEAST, 0, 1, 0x40000000), _REFUSE]
    for name, numbers in REFUSED.items():
        program += [(EQUAL, 0, 1, numbers[column]), (RETURN, 0, 0, ERROR | _errno(name))]
    for number in (253,) if column == 0 else ():  # inotify_init has no number on ARM
        program += [(EQUAL, 0, 1, number), _REFUSE]
    program += _unless(CLONE[column], 0, [(ANY_BIT, 1, 0, NEW_NAMESPACES)])
    program += _unless(FCNTL[column], 1, _one_of(LOCKS))
    program += _unless(MADVISE[column], 2, _one_of(ADVICE), refuses=False)
    program += _unless(PRCTL[column], 0, _one_of((SET_DUMPABLE,)))
    shared = [(AND, 0, 0, SHARED_MEMORY), (EQUAL, 1, 0, SHARED_MEMORY)]
    program += _unless(MMAP[column], 3, shared)
    program += _unless(OPTION[column], 2, _one_of(BUFFERS))
    return [*program, (RETURN, 0, 0, ALLOW)]


_REFUSE = (RETURN, 0, 0, ERROR | errno.EPERM)


def _errno(name):
    """Return the error of a refused call: programs expect some calls to be unknown."""
    if name == "socket":
        return errno.EAFNOSUPPORT
    unknown = ("clone3", "memfd_create", "preadv2", "pwritev2", "cachestat", "io_setup")
    return errno.ENOSYS if name in unknown else errno.EPERM


def _one_of(values):
    """Return tests of the loaded argument; a match skips to just after `(RETURN, …)`."""
    return [(EQUAL, len(values) - n, 0, value) for n, value in enumerate(values)]


def _unless(number, argument, tests, refuses=True):
    """Return the instructions that refuse, or allow, a call by one argument alone.

    The last of the `tests` passes over one instruction if it matches; so do the others.
    """
    allow = (RETURN, 0, 0, ALLOW)
    ends = [allow, _REFUSE] if refuses else [_REFUSE, allow]
    inside = [(LOAD, 0, 0, 16 + 8 * argument), *tests, *ends]
    return [(EQUAL, 0, len(inside), number), *inside]
