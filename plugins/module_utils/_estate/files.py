# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of an estate on this machine: one file, or all YAML files of a folder.

While an export writes several files, ``UNDERWAY`` beside them holds the whole estate. Where it is still there, that
export was interrupted: the others may be of two exports, and only that file counts.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from .._core.errors import BadInput
from .._core.files import read_regular
from .._core.plain_yaml import plain_yaml
from .._core.wording import printable
from .check import estate_of
from .records import Estate

MOST_FILES = 20_000
MOST_BYTES = 64 << 20
UNDERWAY = ".estate-export.yml"
_ENDS = (".yml", ".yaml")
_ADVICE = "Correct the file, or give another path."


@dataclass(frozen=True)
class EstateFiles:
    """``texts``: what each file holds, by its path below the folder; a file alone has the name "".

    ``interrupted``: the file of the export that did not end, "" where none did so.
    """

    estate: Estate = field(default_factory=Estate)
    texts: Mapping[str, bytes] = field(default_factory=dict)
    interrupted: str = ""


def is_file(path: str) -> bool:
    """Whether a path that may not be there yet is meant as one of a file."""
    return os.path.isfile(path) or (not os.path.isdir(path) and path.endswith(_ENDS))


def read_estate(path: str) -> EstateFiles | None:
    """None where nothing is there. Raises BadInput."""
    path = os.path.expanduser(path)
    if not os.path.lexists(path):
        return None
    names = [""] if not os.path.isdir(path) else _names(path)
    texts: dict[str, bytes] = {}
    left = MOST_BYTES
    for name in names:
        texts[name] = _content(os.path.join(path, name) if name else path, left)
        left -= len(texts[name])
    interrupted = names != [""] and os.path.lexists(os.path.join(path, UNDERWAY))
    counting = {UNDERWAY: _content(os.path.join(path, UNDERWAY), MOST_BYTES)} if interrupted else texts
    if not counting:
        return None
    documents = [
        (_shown(path, name), plain_yaml(text, _tried(path, name), _ADVICE, large=True))
        for name, text in counting.items()
    ]
    return EstateFiles(estate_of(documents), texts, os.path.join(path, UNDERWAY) if interrupted else "")


def _shown(path: str, name: str) -> str:
    return os.path.join(path, name) if name else path


def _tried(path: str, name: str) -> str:
    return f"read the estate {printable(_shown(path, name))}"


def _names(folder: str) -> list[str]:
    """Hidden files and folders, such as those of git and of editors, are none of it. Nor are links to folders."""
    found = []
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        whole = (os.path.join(here, each) for each in files if each.endswith(_ENDS) and not each.startswith("."))
        found += [os.path.relpath(each, folder) for each in whole]
        if len(found) > MOST_FILES:
            what = f"it has more than {MOST_FILES:,} YAML files"
            raise BadInput(f"read the estate {printable(folder)}", what, "Give a folder that holds nothing else.")
    return sorted(found)


def _content(path: str, most: int) -> bytes:
    tried = f"read the estate {printable(path)}"
    try:
        content = read_regular(path, most + 1)
    except (OSError, ValueError) as error:
        words = error.strerror if isinstance(error, OSError) else "it is no path"
        raise BadInput(tried, str(words), _ADVICE) from None
    if len(content) > most:
        raise BadInput(tried, f"the estate has more than {MOST_BYTES >> 20} MiB", _ADVICE)
    return content
