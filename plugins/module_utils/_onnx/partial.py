# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an ONNX file is a part of a model only, found without a library: then it is never uploaded."""

from __future__ import annotations

import os

from .._core.files import open_regular
from .formats import taken_format
from .graph.scope import TooMuch
from .graph.weights import weights_in_file
from .graph.wire import Fields, FileMessage, NotProtobuf
from .header import graph_places

_GRAPH, _OPSETS, _INITIALIZER = 7, 8, 5
_MOST_FIELDS = 1_000_000  # looked at: about two seconds


def missing_part(path: str) -> str:
    """What is missing, in words; "" where nothing is seen to be. Raises OSError."""
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if taken_format(file.read(8)) is not None:
            return ""
        try:
            places = graph_places(file, size)
            if _OPSETS not in [number for number, _begin, _end in places]:
                return "it does not say which opset it uses, so it is cut short"
            source = FileMessage(file)
            return next((_in_graph(source, begin, end) for number, begin, end in places if number == _GRAPH), "")
        except NotProtobuf:
            return "its graph is damaged"
        except TooMuch:
            return ""


def _in_graph(source: FileMessage, begin: int, end: int) -> str:
    for count, field in enumerate(Fields(source, begin, end)):
        if count >= _MOST_FIELDS:
            return ""
        if field.number == _INITIALIZER and field.wire == 2:
            found, _stub = weights_in_file(source, field.begin, field.end)
            if found.external:
                return f"its weights are in other files ({', '.join(found.places[:1]) or 'not named'})"
            if flaw := found.flaw:
                return f"weights do not fit their shapes: {flaw}"
    return ""
