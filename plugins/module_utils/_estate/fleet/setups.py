# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What cameras run, each assignment once, and how it is put to people. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..._api.records.pipeline import Assignment, Pipeline, is_told, models_of
from ..._core.page.words import cut

NOTHING = "nothing"
_TITLES = {
    "nms": "NMS",
    "resizing_method": "resizing",
    "preprocessor": "preprocessor",
    "postprocessor": "postprocessor",
    "chains": "chained",
}
_MOST_VALUE = 400  # characters of one setting


class Setups:
    """Assignments by a number. ``names``: of models, by UUID."""

    def __init__(self, names: Mapping[str, str], wires: Iterable[Sequence[Mapping[str, Any]]] = ()) -> None:
        self.names = names
        self.all: list[Assignment] = []
        self._numbers: dict[str, int] = {}
        for each in wires:
            self.add(tuple(map(Pipeline.read, each)))

    def add(self, assignment: Assignment) -> int:
        key = json.dumps([_kept(each) for each in assignment], sort_keys=True)
        if key not in self._numbers:
            self._numbers[key] = len(self.all)
            self.all.append(assignment)
        return self._numbers[key]

    def keys(self) -> list[str]:
        """Of each: what it is, whatever its number."""
        return [*self._numbers]

    def as_wires(self) -> list[list[dict[str, Any]]]:
        return [[_kept(each) for each in assignment] for assignment in self.all]

    def label(self, assignment: Assignment) -> str:
        """The models, those of chains too, by their names."""
        return " + ".join(map(self.name, self.models(assignment))) or NOTHING

    def used_names(self) -> dict[str, str]:
        """Of the models that are in use."""
        used = {model for each in self.all for model in self.models(each)}
        return {model: self.names[model] for model in sorted(used) if model in self.names}

    @staticmethod
    def models(assignment: Assignment) -> list[str]:
        return models_of(assignment)

    def name(self, model: str) -> str:
        """Whatever it is called, it is not taken for nothing."""
        called = self.names.get(model)
        return called if called and called != NOTHING else f"model {called or model}"

    def settings(self, pipeline: Pipeline) -> list[tuple[str, str]]:
        """What is set, by its title, without what is empty."""
        option = pipeline.to_option()
        extra = {key: value for key, value in option["extra"].items() if not is_told(key, value)}
        found = [(title, option[name]) for name, title in _TITLES.items()]
        return [
            (cut(title, 80), cut(self._text(value), _MOST_VALUE))
            for title, value in [*found, *sorted(extra.items())]
            if value not in (None, "", [], {})
        ]

    def _text(self, value: Any) -> str:
        """A setting; chained pipelines, as far as they look like some, with their settings behind their names."""
        if (
            isinstance(value, list)
            and value
            and all(isinstance(each, Mapping) and Pipeline.read(each).model for each in value)
        ):
            return ", ".join(self._chained(Pipeline.read(each)) for each in value)
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def _chained(self, pipeline: Pipeline) -> str:
        settings = ", ".join(f"{title} {value}" for title, value in self.settings(pipeline))
        name = self.name(pipeline.model)
        return f"{name} ({settings})" if settings else name

    def change(self, before: Assignment, after: Assignment) -> str:
        """How one became the other, in words."""
        one, other = self.label(before), self.label(after)
        if one != other:
            return f"{one} → {other}"
        told = [
            f"{title} {old.get(title, '-')} → {new.get(title, '-')}"
            for old, new in zip(map(self._by_title, before), map(self._by_title, after), strict=False)
            for title in dict.fromkeys((*old, *new))
            if old.get(title) != new.get(title)
        ]
        return f"{other}: {', '.join(told[:3]) or 'other settings'}{' and more' if len(told) > 3 else ''}"

    def _by_title(self, pipeline: Pipeline) -> dict[str, str]:
        return dict(self.settings(pipeline))


def _kept(pipeline: Pipeline) -> dict[str, Any]:
    """Without what the service says of it by itself, which is no part of what it means."""
    return {key: value for key, value in pipeline.wire.items() if not is_told(key, value)}
