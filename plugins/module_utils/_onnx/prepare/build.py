# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""New nodes for a graph. What they make has names that nothing else has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .names import every_node, fresh, used_names

_PREFIX = "nx"


class Builder:
    """Adds nodes to the end of a model's graph, or to its beginning."""

    def __init__(self, onnx: Any, model: Any) -> None:
        import numpy

        self.onnx, self.model, self.numpy = onnx, model, numpy
        self._taken = used_names(model) | {node.name for node in every_node(model)}
        self._first = 0  # where the next node of the beginning goes

    def constant(self, values: Any, kind: str = "float32") -> str:
        name = fresh(self._taken, f"{_PREFIX}/constant")
        array = self.numpy.asarray(values, dtype=kind)
        self.model.graph.initializer.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def node(self, operator: str, inputs: Sequence[str], output: str = "", **attributes: Any) -> str:
        """``output``: its name, where it is to have one of its own."""
        return self.nodes(operator, inputs, 1, output, **attributes)[0]

    def nodes(self, operator: str, inputs: Sequence[str], count: int, output: str = "", **attributes: Any) -> list[str]:
        """A node of several outputs."""
        made = [output or fresh(self._taken, f"{_PREFIX}/{operator}") for _each in range(count)]
        title = fresh(self._taken, output) if output else made[0]
        self.model.graph.node.append(self.onnx.helper.make_node(operator, inputs, made, name=title, **attributes))
        return made

    def first(self, operator: str, inputs: Sequence[str], output: str = "", **attributes: Any) -> str:
        """A node before all others, behind those that were put there before."""
        made = output or fresh(self._taken, f"{_PREFIX}/{operator}")
        node = self.onnx.helper.make_node(
            operator, inputs, [made], name=fresh(self._taken, f"{_PREFIX}/first"), **attributes
        )
        self.model.graph.node.insert(self._first, node)
        self._first += 1
        return made

    def slice(self, value: str, begin: int, end: int, axis: int) -> str:
        bounds = [self.constant([each], "int64") for each in (begin, end, axis)]
        return self.node("Slice", [value, *bounds])

    def reshape(self, value: str, shape: Sequence[int]) -> str:
        return self.node("Reshape", [value, self.constant(shape, "int64")])
