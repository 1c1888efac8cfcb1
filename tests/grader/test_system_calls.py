"""The filter of system calls, run instruction by instruction, for both architectures."""

import errno
import platform
import re
from pathlib import Path

import pytest

from grader.sandbox import calls

ALLOWED, REFUSED = "allowed", "refused"
HEADERS = {
    "x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "aarch64": "/usr/include/asm-generic/unistd.h",
}


@pytest.fixture(params=calls.ARCHITECTURES)
def machine(request, monkeypatch):
    """Return the name of an architecture whose filter is tested."""
    monkeypatch.setattr(platform, "machine", lambda: request.param)
    return request.param


def answer(number, *arguments, architecture=None):
    """Return what the filter decides: ALLOWED, "killed", or the number of an error."""
    here, _ = calls.ARCHITECTURES[platform.machine()]
    words = [number, architecture or here, 0, 0]
    for value in (*arguments, *[0] * (6 - len(arguments))):
        words += [value & 0xFFFFFFFF, value >> 32]
    program, place, loaded = calls.program(), 0, None
    while program[place][0] != calls.RETURN:
        code, yes, no, constant = program[place]
        place += 1
        if code == calls.LOAD:
            loaded = words[constant // 4]
        elif code == calls.AND:
            loaded &= constant
        else:
            place += yes if MATCHES[code](loaded, constant) else no
    return decided(program[place][3])


MATCHES = {
    calls.EQUAL: lambda loaded, constant: loaded == constant,
    calls.AT_LEAST: lambda loaded, constant: loaded >= constant,
    calls.ANY_BIT: lambda loaded, constant: loaded & constant,
}


def decided(value):
    """Name the kernel's value for what is returned."""
    if value & 0xFFFF0000 == 0x00050000:
        return value & 0xFFFF
    return {0x7FFF0000: ALLOWED, 0x80000000: "killed"}[value]


# Numbers from the kernel's tables for x86-64 and ARM, arguments, and the answer.
CASES = {
    "read": ((0, 63), (), ALLOWED),
    "write": ((1, 64), (), ALLOWED),
    "openat": ((257, 56), (), ALLOWED),
    "exit_group": ((231, 94), (), ALLOWED),
    "a pipe": ((293, 59), (), errno.ENOSYS),
    "a socket": ((41, 198), (1, 1), errno.EAFNOSUPPORT),
    "a pair of sockets": ((53, 199), (1, 1), errno.ENOSYS),
    "another program": ((59, 221), (), errno.ENOSYS),
    "ptrace": ((101, 117), (), errno.ENOSYS),
    "clone3": ((435, 435), (), errno.ENOSYS),
    "a call that nobody knows": ((2000, 2000), (), errno.ENOSYS),
    "a time stamp": ((280, 88), (), 0),
    "an attribute": ((188, 5), (), errno.ENOTSUP),
    "the last of the attributes": ((199, 16), (), errno.ENOTSUP),
    "a thread": ((56, 220), (0x3D0F00,), ALLOWED),
    "a thread with other files": ((56, 220), (0x3D0B00,), errno.EPERM),
    "a process": ((56, 220), (0x1200011,), ALLOWED),
    "a process with a descriptor": ((56, 220), (0x1001011,), errno.EPERM),
    "a new user namespace": ((56, 220), (0x10000011,), errno.EPERM),
    "a private wait": ((202, 98), (1, 0x80), ALLOWED),
    "a private wait by the real clock": ((202, 98), (1, 0x189), ALLOWED),
    "a shared wait": ((202, 98), (1, 0), errno.EAGAIN),
    "a shared wait by the real clock": ((202, 98), (1, 0x109), errno.EAGAIN),
    "a shared wake": ((202, 98), (1, 1), 0),
    "a shared requeue": ((202, 98), (1, 4), errno.ENOSYS),
    "the end of a child": ((61, 260), (2**64 - 1, 2**40, 0, 0), ALLOWED),
    "the end of a child, with statistics": ((61, 260), (0, 0, 0, 2**40), errno.EPERM),
    "the same, low address": ((61, 260), (0, 0, 0, 8), errno.EPERM),
    "waitid": ((247, 95), (0, 0, 2**40, 4, 0), ALLOWED),
    "waitid with statistics": ((247, 95), (0, 0, 0, 4, 2**40), errno.EPERM),
    "memory": ((9, 222), (0, 4096, 3, 0x22), ALLOWED),
    "memory of a file": ((9, 222), (0, 4096, 1, 0x01), ALLOWED),
    "shared memory": ((9, 222), (0, 4096, 3, 0x21), errno.EPERM),
    "memory not needed": ((28, 233), (0, 4096, 4), ALLOWED),
    "memory to be merged": ((28, 233), (0, 4096, 12), errno.EPERM),
    "a copy of a descriptor": ((72, 25), (3, 1030), ALLOWED),
    "a lock": ((72, 25), (3, 6), errno.EPERM),
    "a hint": ((72, 25), (3, 1036), errno.EPERM),
    "whether it is a terminal": ((16, 29), (1, 0x5401), ALLOWED),
    "a command of a file system": ((16, 29), (1, 0xC020660B), errno.ENOTTY),
    "the name of a thread": ((157, 167), (15,), ALLOWED),
    "a table of waiting threads": ((157, 167), (78,), errno.EINVAL),
    "the type of a socket": ((55, 209), (3, 1, 3), ALLOWED),
    "the cookie of a socket": ((55, 209), (3, 1, 57), errno.ENOPROTOOPT),
}


@pytest.mark.parametrize("name", CASES)
def test_a_call_gets_its_answer(name, machine):
    numbers, arguments, expected = CASES[name]
    assert answer(numbers[machine == "aarch64"], *arguments) == expected


def test_calls_of_other_architectures_end_the_process(machine):
    """Their numbers mean something else."""
    assert answer(0, architecture=0x40000003) == "killed"


def test_calls_with_32_bit_pointers_are_refused(machine):
    assert answer(0x40000000) == errno.ENOSYS


def test_an_unknown_architecture_has_no_filter(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert calls.program() == []


def test_no_jump_is_too_long(machine):
    """The kernel has eight bits for it."""
    assert all(yes < 256 and no < 256 for _, yes, no, _ in calls.program())


def test_the_numbers_are_those_of_the_kernel(machine):
    """Compared with its headers, which come with the C library's."""
    path = Path(HEADERS[machine])
    if not path.exists():
        pytest.skip("not run: apt install linux-libc-dev")
    pattern = r"#define __NR(?:3264)?_(\w+)\s+(\d+)"
    numbers = {name: int(number) for name, number in re.findall(pattern, path.read_text())}
    numbers |= {"newfstatat": numbers.get("newfstatat", numbers.get("fstatat"))}
    column = list(calls.ARCHITECTURES).index(machine)
    names = calls.ALLOWED | calls.TIMES | {name: each[0] for name, each in calls.SOME.items()}
    for name in ("clone", "futex", "mmap", "wait4", "waitid", "socket"):
        names[name] = getattr(calls, name.upper())
    for name, known in names.items():
        if known[column] is not None:
            assert known[column] == numbers[name], name
        else:
            assert name not in numbers, f"{name} is allowed on one architecture alone"
