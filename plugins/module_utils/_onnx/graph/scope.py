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
        self._late: dict[int, str] = {}
        self._nodes: set[int] = set()
        self.namesakes: list[str] = []

    def use(self, names: Iterable[str]) -> None:
        """The inputs of a node, and what the graphs inside it take from outside."""
        if not self._known.issuperset(map(hash, names)):
            for name in names:
                key = hash(name)
                if key not in self._known and key not in self._waiting:
                    self._waiting.add(key)
                    if len(self._texts) < _MOST_TEXTS:
                        self._texts[key] = text(name[:200])
            self._limit()

    def make(self, names: Iterable[str]) -> None:
        """The outputs of a node."""
        if not self._known.isdisjoint(map(hash, names)) and len(self.twice) < _LISTED:
            self.twice += [text(each[:200]) for each in names if each and hash(each) in self._known][:_LISTED]
        if self._outer is not None and len(self.twice) < _LISTED:
            self.twice += [text(each[:200]) for each in names if each and self._outer.has_made(each)][:_LISTED]
        if not self._waiting.isdisjoint(map(hash, names)):
            self._late.update({hash(each): text(each[:200]) for each in names if hash(each) in self._waiting})
        self._known.update(map(hash, names))
        self._limit()

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
        self._waiting.discard(key)
        self._texts.pop(key, None)
        self._limit()

    @property
    def late(self) -> list[str]:
        """What was used before the node that makes it; nothing that turned out to be there from the beginning."""
        return [name for key, name in self._late.items() if key in self._waiting]

    @property
    def unmade(self) -> list[str]:
        """What was used and that nothing here makes or gives; for a graph inside another one, what it takes from it."""
        names = [name for key, name in self._texts.items() if key not in self._late]
        return names or ["a value whose name was not kept"] * (len(self._waiting) > len(self._texts))

    def knows(self, name: str) -> bool:
        return hash(name) in self._known

    def has_made(self, name: str) -> bool:
        """Whether a node has made it, here or around: a node inside may not make it once more."""
        key = hash(name)
        made = key in self._known and key not in self._given
        return made or (self._outer is not None and self._outer.has_made(name))

    def _limit(self) -> None:
        if len(self._known) + len(self._given) + len(self._waiting) + len(self._nodes) > _MOST_NAMES:
            raise TooMuch(f"more than {_MOST_NAMES:,} names of values and nodes")
