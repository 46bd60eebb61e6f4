# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which file a model was made of: a digest that travels as a comment at the end of its documentation."""

from __future__ import annotations

import re
from dataclasses import dataclass

# With "<" and ">" also as a service may write them that escapes what it keeps.
_MARK = re.compile(
    r"(?:\r?\n){0,2}(?:<|&lt;)!-- nxai\.cloud file sha256:([0-9a-f]{64}) size:([0-9]{1,18}) --(?:>|&gt;)"
)
_CUT = re.compile(r"(?:\r?\n){0,2}((?:<|&lt;)!--[^<>&]*)\Z")  # the beginning of one, where the text was cut
_BEGINNING = "<!-- nxai.cloud file sha256:"


@dataclass(frozen=True)
class FileMark:
    """Which file a model was made of: SHA-256 in lower-case hex, size in bytes."""

    sha256: str
    size: int

    def __str__(self) -> str:
        return f"<!-- nxai.cloud file sha256:{self.sha256} size:{self.size} -->"


def split_documentation(documentation: str) -> tuple[str, FileMark | None]:
    """The documentation as its author wrote it, and the mark if there is one (the last, should there be several)."""
    marks = _MARK.findall(documentation)
    mark = FileMark(marks[-1][0], int(marks[-1][1])) if marks else None
    text = _MARK.sub("", documentation)
    cut = _CUT.search(text)
    if cut and _begins_alike(cut[1].replace("&lt;", "<"), _BEGINNING):
        text = text[: cut.start()]
    return text, mark


def _begins_alike(one: str, other: str) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def join_documentation(documentation: str, mark: FileMark | None) -> str:
    """The documentation with ``mark`` at its end, in place of any earlier one."""
    plain = split_documentation(documentation)[0]
    if mark is None:
        return plain
    return f"{plain}\n\n{mark}" if plain else str(mark)
