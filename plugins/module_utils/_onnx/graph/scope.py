# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values of a graph: is each of them made, once, and before it is used.

Names are kept as their hashes only: a million of them take 100 MiB, however long they are. In a file, weights and
inputs stand behind the nodes that use them. So an unknown name waits, and one that still waits
at the end is made by nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from .wire import text

_MOST_NAMES = 3_200_000
_MOST_TEXTS = 50_000  # of names that wait, for messages
_LISTED = 5


class TooMuch(Exception):
    """What there is too much of, in words."""


class Scope:
    """What is known at one place of a graph. One of an inner graph hands on what it takes from outside."""

    def __init__(self, outer: Scope | None = None) -> None:
        """``outer``: the scope around it, which knows what was made before this one."""
        self._outer = outer
        self._given: set[int] = set()
        self._known = {hash("")}  # the name of an optional input that is left out
        self._waiting: set[int] = set()
        self._texts: dict[int, str] = {}
        self.twice: list[str] = []
        self._late: set[int] = set()
        self._nodes: set[int] = set()
        self.namesakes: list[str] = []

    def use(self, names: Iterable[str]) -> None:
        """The inputs of a node, and what the graphs inside it take from outside."""
        for name in names:
            key = hash(name)
            if key not in self._known and key not in self._waiting:
                self._waiting.add(key)
                if len(self._texts) < _MOST_TEXTS:
                    self._texts[key] = name[:200]

    def make(self, names: Iterable[str]) -> None:
        """The outputs of a node."""
        for name in names:
            key = hash(name)
            if key in self._known or (self._outer is not None and self._outer.has_made(key)):
                if name and len(self.twice) < _LISTED:
                    self.twice.append(text(name[:200]))
            elif key in self._waiting:
                self._late.add(key)
            self._known.add(key)

    def name(self, node: str) -> None:
        """The name of a node, where it has one: each may be there once in a graph."""
        key = hash(node)
        if key in self._nodes and len(self.namesakes) < _LISTED:
            self.namesakes.append(text(node[:200]))
        self._nodes.add(key)

    def give(self, name: str) -> None:
        """A weight or an input, which is there from the beginning."""
        key = hash(name)
        if key in self._known and key not in self._given and name and len(self.twice) < _LISTED:
            self.twice.append(text(name[:200]))
        self._given.add(key)
        self._known.add(key)
        if key in self._waiting:
            self._waiting.remove(key)
            self._texts.pop(key, None)

    @property
    def late(self) -> list[str]:
        """What was used before the node that makes it; nothing that turned out to be there from the beginning."""
        return self._texts_of(self._waiting & self._late)

    @property
    def unmade(self) -> list[str]:
        """What was used and that nothing here makes or gives; for a graph inside another one, what it takes from it."""
        return self._texts_of(self._waiting - self._late)

    def knows(self, name: str) -> bool:
        return hash(name) in self._known

    def has_made(self, key: int) -> bool:
        """Whether a node has made it, here or around: a node inside may not make it once more."""
        made = key in self._known and key not in self._given
        return made or (self._outer is not None and self._outer.has_made(key))

    def check_limit(self) -> None:
        """To be called now and then. Raises TooMuch."""
        if len(self._known) + len(self._given) + len(self._waiting) + len(self._nodes) > _MOST_NAMES:
            raise TooMuch(f"more than {_MOST_NAMES:,} names of values and nodes")

    def _texts_of(self, keys: set[int]) -> list[str]:
        names = [text(name) for key, name in self._texts.items() if key in keys]
        return names or ["a value whose name was not kept"] * bool(keys)
