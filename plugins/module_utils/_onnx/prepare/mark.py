# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a prepared file notes of itself: of what it was made, the result, and the digest of all the rest of the file.

It is the first entry of the metadata. A file that another tool changed has the note still, and another digest.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ..._core.errors import BadInput
from ..._core.files import open_regular
from ..check import read_outline
from ..graph.wire import FileMessage, NotProtobuf, as_field, as_varint
from ..header import graph_places

MARK = "nxai.cloud prepared"
RESULT = {"head": str, "steps": list, "classes": dict, "settings": dict}  # what is kept of it, and no more
_METADATA = 14  # field of the model
_STEP = 1 << 20


def marked(recipe: str, result: Mapping[str, Any], content: str = "") -> str:
    """The note. ``content``: the digest of the rest, which is known once that is written."""
    return json.dumps({"recipe": recipe, "result": result, "content": content or "0" * 64})


def digest_of_rest(path: str) -> str:
    """Of all bytes of a file but those of the note. Raises OSError, NotProtobuf."""
    digest = hashlib.sha256()
    key = as_field(1, MARK.encode())
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        source, position = FileMessage(file), 0
        for number, begin, end in graph_places(file, size):
            if number == _METADATA and source.read(begin, len(key)) == key:
                head = len(as_varint(end - begin)) + 1
                _add(digest, source, position, begin - head)
                position = end
        _add(digest, source, position, size)
    return digest.hexdigest()


def result_in(onnx: Any, dest: str, recipe: str) -> dict[str, Any]:
    """The result of the run that made ``dest``; empty where that was another recipe, or what is there was changed."""
    with suppress(BadInput, ValueError, OSError, NotProtobuf):
        if os.path.exists(dest):
            noted = json.loads(read_outline(onnx, dest, "").metadata.get(MARK, "{}"))
            if noted.get("recipe") == recipe and noted.get("content") == digest_of_rest(dest):
                found = {name: noted["result"].get(name) for name in RESULT}
                if all(isinstance(value, RESULT[name]) for name, value in found.items()):
                    return found
    return {}


def _add(digest: Any, source: FileMessage, begin: int, end: int) -> None:
    for place in range(begin, end, _STEP):
        digest.update(source.part(place, min(_STEP, end - place)))
