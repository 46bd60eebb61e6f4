# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The trained network as it comes: read whole, with weights from other files, and refused where nothing can be done."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from typing import Any

from ..._core.errors import BadInput
from ..._core.files import open_regular
from ..formats import TFLITE
from ..graph.remarks import CHIPS
from ..header import inspect_file, other_format
from .names import every_graph, every_node

_EXTERNAL = 1
_MOST = (1 << 31) - (1 << 20)  # bytes: what one message of protobuf can hold
_STEP = 1 << 20


class Source:
    """``digest``: of the file and of all that it takes from others."""

    def __init__(self, onnx: Any, path: str) -> None:
        self.path, self.tried = path, f"prepare the model file {path}"
        self.mark = inspect_file(path)
        kind = other_format(path)
        if kind is not None:
            article = "TensorFlow Lite file" if kind == TFLITE else "ZIP archive"
            advice = "Nx takes it as it is: give it to nxai_model. Only ONNX files are prepared."
            raise BadInput(self.tried, f"it is a {article}", advice)
        self.model = self._parsed(onnx)
        self.metadata = {each.key: each.value for each in self.model.metadata_props}
        self.places = sorted({place for tensor in _external(self.model) for place in _location(tensor)})
        digest = hashlib.sha256(self.mark.sha256.encode())
        for place in self.places:
            self._add(digest, place)
        self.digest = digest.hexdigest()

    def merge(self, onnx: Any) -> str:
        """Take the weights of other files into the model. Says which, or nothing."""
        if not any(True for _each in _external(self.model)):
            return ""
        total = self.mark.size + sum(map(self._taken, _external(self.model)))
        if total > _MOST:
            answer = f"it and its weights in other files have {total / 2**30:.1f} GiB"
            raise BadInput(self.tried, answer, "A file of ONNX has at most 2 GiB. Use a smaller network.")
        try:
            onnx.external_data_helper.load_external_data_for_model(self.model, self._folder)
        except Exception as error:
            raise BadInput(self.tried, f"its weights in other files: {error}", "Copy the whole folder.") from None
        return f"weights of {', '.join(self.places)} taken into the file"

    @property
    def _folder(self) -> str:
        return os.path.dirname(os.path.abspath(self.path))

    def _parsed(self, onnx: Any) -> Any:
        from google.protobuf.message import DecodeError

        if self.mark.size > _MOST:
            raise BadInput(self.tried, "it has more than 2 GiB", "Use a smaller network.")
        try:
            with open_regular(self.path) as file:
                return onnx.ModelProto.FromString(file.read())
        except DecodeError:
            raise BadInput(self.tried, "its bytes are not those of an ONNX model", "Export the model again.") from None

    def _taken(self, tensor: Any) -> int:
        """Bytes that a tensor takes from another file: without a length all of it, even where many take the same."""
        noted = {each.key: each.value for each in tensor.external_data}
        if noted.get("length", "").isdecimal():
            return int(noted["length"])
        return os.path.getsize(self._beside(noted["location"])) if noted.get("location") else 0

    def _add(self, digest: Any, place: str) -> None:
        try:
            with open_regular(self._beside(place)) as file:
                while content := file.read(_STEP):
                    digest.update(content)
        except OSError as error:
            answer = f"its weights in {place[:200]} cannot be read: {error.strerror}"
            raise BadInput(self.tried, answer, "Copy the whole folder that the export made.") from None

    def _beside(self, place: str) -> str:
        """In the folder of the file or below it: a file from outside says nothing about the rest of the machine."""
        folder = os.path.realpath(self._folder)
        if "\0" in place or not place:
            raise BadInput(
                self.tried, f"it takes weights from {place[:200]!r}, which is no name of a file", "Export it again."
            )
        path = os.path.realpath(os.path.join(folder, place))
        if os.path.commonpath([folder, path]) != folder:
            answer = f"it takes weights from {place[:200]}, which is outside of its folder"
            raise BadInput(self.tried, answer, "Export the model again, into one folder.")
        return path


def refuse_early(model: Any, tried: str) -> None:
    """Raises BadInput for what no step can change."""
    metadata = {each.key: each.value for each in model.metadata_props}
    if metadata.get("chip") in CHIPS or any("hailo" in node.domain.lower() for node in every_node(model)):
        advice = "Prepare the ONNX file that it was made of, then compile that with Hailo's own tools."
        raise BadInput(tried, "it is compiled for Hailo already", advice)
    if not model.graph.node:
        raise BadInput(tried, "its graph has no nodes", "Export the model again.")


def _external(model: Any) -> Iterator[Any]:
    for graph in every_graph(model.graph):
        yield from (each for each in graph.initializer if each.data_location == _EXTERNAL)
    for node in every_node(model):
        for attribute in node.attribute:
            for tensor in (attribute.t, *attribute.tensors):
                if tensor.data_location == _EXTERNAL:
                    yield tensor


def _location(tensor: Any) -> Iterator[str]:
    return (each.value for each in tensor.external_data if each.key == "location")
