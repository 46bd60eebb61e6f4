# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract file while it is being written: what the user gave, and line by line what was found. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from ..._api.contract.check import checked
from ..._api.contract.contract import Contract

_LISTS = ("no_pipelines", "assignment.read_only", "assignment.left_out", "assignment.shown_whole")
_NAME = re.compile(r"( *)([\w.$-]+) *:")
_AS_JSON = ("upload.extra", "catalogue.extra", "assignment.extra")
Lines = Mapping[str, Any]  # keys of the contract, such as fields.device.pipelines, and their values


class Proposal(NamedTuple):
    """Lines that go together, and in a few words what speaks for them."""

    lines: Lines
    why: str


@dataclass(frozen=True)
class Draft:
    """``document``: as the file holds it. ``reasons``: why, for each line that was found. ``notes``: what the file that
    was there says above its lines."""

    document: Mapping[str, Any] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def contract(self) -> Contract:
        """Raises ``BadInput`` for what no contract can hold."""
        return checked(self.document)

    def adding(self, proposal: Proposal) -> Draft:
        """With these lines. Raises ``BadInput`` where they make no contract."""
        document, reasons = self.document, dict(self.reasons)
        for key, value in proposal.lines.items():
            if key.startswith("words.") or key in _LISTS:  # lists of which each member counts by itself
                value = list(dict.fromkeys([*(self.value(key) or []), *value]))
            if self.value(key) != value:
                document = _with(document, key.split("."), value)
                reasons[key] = proposal.why
        made = Draft(document, reasons, self.notes)
        made.contract  # noqa: B018, it is checked here
        return made

    def value(self, key: str) -> Any:
        """What it says of a line; None where it says nothing."""
        found: Any = self.document
        for step in key.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
        return found

    @property
    def leaves(self) -> list[str]:
        """The keys of all lines."""
        return [*_leaves(self.document, ())]

    def as_yaml(self) -> str:
        """The lines as YAML, each that was found below the reason. What is a value is written as JSON."""
        return "\n".join(self._yaml(self.document, ())) + "\n" if self.document else ""

    def _yaml(self, value: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[str]:
        indent, said = "  " * len(above), ""
        for name, inner in value.items():
            key = ".".join((*above, name))
            why = self.reasons.get(key) or self.notes.get(key) or said
            if why != said:
                said = why
                yield f"{indent}# {said}"
            if isinstance(inner, Mapping) and inner and key not in _AS_JSON:
                yield f"{indent}{name}:"
                yield from self._yaml(inner, (*above, name))
            else:
                yield f"{indent}{name}: {json.dumps(inner)}"


def reasons_in(content: str) -> dict[str, str]:
    """What a file like ``as_yaml`` says above its lines, by their keys."""
    found, steps, said = dict[str, str](), list[tuple[int, str]](), ""
    for line in content.partition("---\n")[2].splitlines():
        name = _NAME.match(line)
        if line.lstrip().startswith("#"):
            said = f"{said} {line.strip().lstrip('# ')}".strip()
        elif name:
            indent = len(name[1])
            steps = [*(each for each in steps if each[0] < indent), (indent, name[2])]
            if said:
                found[".".join(step for _indent, step in steps)] = said
            said = ""
    return found


def _leaves(value: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[str]:
    for name, inner in value.items():
        key = ".".join((*above, name))
        if isinstance(inner, Mapping) and inner and key not in _AS_JSON:
            yield from _leaves(inner, (*above, name))
        else:
            yield key


def _with(document: Mapping[str, Any], steps: list[str], value: Any) -> dict[str, Any]:
    name, *further = steps
    if not further:
        return {**document, name: value}
    inner = document.get(name)
    return {**document, name: _with(inner if isinstance(inner, Mapping) else {}, further, value)}
