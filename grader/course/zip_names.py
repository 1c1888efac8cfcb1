"""Open zip files in which a name claims to be UTF-8 and is not; Python would refuse all of them.

Such a name loses its claim, and is then read like one that never made it.
"""

import io
import struct
import zipfile

ENTRY, FIXED = b"PK\x01\x02", 46  # how an entry of the directory begins, and its length
FLAGS, LENGTHS = struct.Struct("<H"), struct.Struct("<3H")  # of the name, extra fields, comment
FLAGS_AT, LENGTHS_AT, FLAGS_AT_THE_FILE = 8, 28, 6
UTF8_NAME = 0x800


class Tolerant(zipfile.ZipFile):
    """A zip file for reading, from a path or from a stream of bytes."""

    def __init__(self, source):
        """Read its directory."""
        self._stream = _Mending(source if isinstance(source, io.BytesIO) else io.FileIO(source))
        try:
            super().__init__(self._stream)
        except BaseException:
            self._stream.close()
            raise
        # Each name is repeated beside its file.
        self._stream.headers = {
            self.filelist[place].header_offset for place in self._stream.mended_entries
        }

    def close(self):
        """Close the file as well."""
        super().close()
        self._stream.close()


class _Mending(io.BufferedReader):
    """A stream that mends the directory of a zip file, and later the names beside the files."""

    headers, mended_entries = None, ()

    def read(self, size=-1):
        place, data = self.tell(), super().read(size)
        if self.headers is None and data.startswith(ENTRY):
            data, self.mended_entries = mended(data)
        elif self.headers and place in self.headers:
            data = _without_claim(bytearray(data), FLAGS_AT_THE_FILE)
        return data


def mended(directory):
    """Return a directory in which only UTF-8 names claim to be, and the numbers of the others.

    Examples
    --------
    >>> entry = ENTRY + bytes(4) + b"\\0\\x08" + bytes(18) + b"\\1" + bytes(17)
    >>> data, numbers = mended(entry + b"a" + entry + b"\\xeb")
    >>> data[9], data[47 + 9], numbers
    (8, 0, [1])
    """
    data, start, number, numbers = bytearray(directory), 0, 0, []
    while data.startswith(ENTRY, start) and len(data) >= start + FIXED:
        (flags,) = FLAGS.unpack_from(data, start + FLAGS_AT)
        lengths = LENGTHS.unpack_from(data, start + LENGTHS_AT)
        name = data[start + FIXED : start + FIXED + lengths[0]]
        if flags & UTF8_NAME and not _is_utf8(name):
            _without_claim(data, start + FLAGS_AT)
            numbers.append(number)
        start, number = start + FIXED + sum(lengths), number + 1
    return bytes(data), numbers


def _without_claim(data, place):
    """Clear the flag for UTF-8 in the flags at a place of changeable bytes; return the bytes."""
    (flags,) = FLAGS.unpack_from(data, place)
    FLAGS.pack_into(data, place, flags & ~UTF8_NAME)
    return bytes(data)


def _is_utf8(name):
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True
