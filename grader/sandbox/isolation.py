"""Isolate a process with the kernel's means: namespaces, limits, no rights, fewer system calls.

bubblewrap has already removed the network, the files and the other processes from the template's
view (see `grader.sandbox.launcher`). Here, each fork of the template moves to namespaces of its
own, so that a student's process sees neither the template nor a different student. This file is
copied into the sandbox and imports nothing from the grader.
"""

import ctypes
import os
import struct

try:
    import calls  # in the sandbox
except ModuleNotFoundError:
    from grader.sandbox import calls

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
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


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
    for name in DEVICES:  # of the machine: their time stamps would be seen everywhere
        _mount("none", f"/dev/{name}", None, NO_SUID | NO_EXEC | READ_ONLY | REMOUNT)


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
        "SIGPENDING": 256,
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
    """Refuse the system calls that `calls` does not allow.

    Returns
    -------
    bool
        False on a processor whose call numbers are not known: then there is no filter.
    """
    program = calls.program()
    if not program:
        return False
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    filled = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(buffer))
    _done(LIBC.prctl(22, 2, filled, 0, 0))  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
    return True
