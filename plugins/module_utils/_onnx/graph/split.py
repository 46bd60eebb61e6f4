# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A graph in a file, in portions: small fields as they stand, many at a time, and each large field by itself.

So the library parses nearly all of it, at its own speed, and never more than a portion is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator

from .wire import Field, FileMessage, NotProtobuf, read_field

SMALL = (1 << 14) - 1  # bytes of a field that is parsed as it stands: what two bytes of length can say
_PORTION = 1 << 18  # bytes: 130,000 empty nodes take 20 MiB once they are parsed
_MARGIN = 20  # bytes that the head of a field may have


def portions(source: FileMessage, begin: int, end: int) -> Iterator[bytes | Field]:
    """The message between two places of the file: stretches of whole fields, or one field that is large.

    Raises NotProtobuf where a field does not end where it should.
    """
    start = position = begin
    while position < end:
        window, base = source.window(position)
        limit = min(len(window) - _MARGIN, end - base)
        offset = _run(window, position - base, min(limit, start - base + _PORTION))
        position = base + offset
        if position > end:
            raise NotProtobuf
        if position - start >= _PORTION:
            yield source.read(start, position - start)
            start = position
            continue
        if position == end or offset >= limit > 0:
            continue  # it goes on in the next stretch of the file
        field = read_field(source, position, end)
        if field.end - field.begin > SMALL:
            if start < position:
                yield source.read(start, position - start)
            yield field
            start = field.end
        position = field.end
    if start < end:
        yield source.read(start, end - start)


def _run(window: bytes, offset: int, limit: int) -> int:
    """Where the run of small fields ends that begins at ``offset``. The loop that decides how fast all of it is."""
    while offset < limit:
        if window[offset] & 0x87 != 2:
            return offset  # a number, or a field with a number above 15
        size = window[offset + 1]
        if size < 0x80:
            offset += size + 2
        elif window[offset + 2] < 0x80:
            offset += (size & 0x7F | window[offset + 2] << 7) + 3
        else:
            return offset
    return offset
