# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of values in a graph and in the graphs inside it: found, made, and changed everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def inner_graphs(node: Any) -> Iterator[Any]:
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def every_graph(graph: Any) -> Iterator[Any]:
    """It, and all that are inside of its nodes."""
    yield graph
    for node in graph.node:
        for inner in inner_graphs(node):
            yield from every_graph(inner)


def every_node(model: Any) -> Iterator[Any]:
    """Those of functions too."""
    for graph in every_graph(model.graph):
        yield from graph.node
    for function in model.functions:
        for node in function.node:
            yield node
            for inner in inner_graphs(node):
                for graph in every_graph(inner):
                    yield from graph.node


def made_in(graph: Any) -> set[str]:
    """What the graph itself names: its inputs, its weights, and what its nodes make."""
    names = {each.name for each in (*graph.input, *graph.initializer)}
    names.update(each.values.name for each in graph.sparse_initializer)
    return names.union(*(node.output for node in graph.node)) if graph.node else names


def used_names(model: Any) -> set[str]:
    return set().union(*(made_in(graph) for graph in every_graph(model.graph)))


def fresh(taken: set[str], wanted: str) -> str:
    """``wanted``, or with a number behind it; taken from now on."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    taken.add(name)
    return name


def rename(graph: Any, old: str, new: str) -> None:
    """A value of a graph, in the graphs inside it too, but where those give the name to a value of their own."""
    for each in (*graph.input, *graph.output, *graph.value_info, *graph.initializer):
        if each.name == old:
            each.name = new
    for each in graph.sparse_initializer:
        if each.values.name == old:
            each.values.name = new
    for note in graph.quantization_annotation:
        if note.tensor_name == old:
            note.tensor_name = new
    for node in graph.node:
        for side in (node.input, node.output):
            if old in side:
                side[:] = [new if name == old else name for name in side]
        for inner in inner_graphs(node):
            if old not in made_in(inner):
                rename(inner, old, new)


def free_name(model: Any, name: str) -> str:
    """Where a value has the name that an input or output is to have: give that value another one.

    Returns what the value of the outermost graph is called now.
    """
    taken, now = used_names(model), name
    for graph in every_graph(model.graph):
        if name in made_in(graph):
            other = fresh(taken, f"{name}_before")
            rename(graph, name, other)
            now = other if graph is model.graph else now
    return now
