# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ids as the service writes them. They are compared in one form (``identity``), and sent as they were listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from ..._core.findings import Findings
from ..._core.values import folded, identity
from ..contract.lines import names_of
from .pipeline import with_models

Id: TypeAlias = "str | int"
RUNNING = "pipeline"  # models as devices name them, which counts before how they are listed


def own_id(row: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The id of a folded row as it is written: the first text of these, or else the first number. None without any."""
    found = [row[name] for name in names if identity(row.get(name))]
    return next((each for each in found if isinstance(each, str)), found[0] if found else None)


def as_written(references: Iterable[Any]) -> list[Any]:
    """Of a list of ids, or of {UUID, Name} objects, the ids."""
    names = names_of("reference", "id")
    return [own_id(folded(each), names) if isinstance(each, dict) else each for each in references]


def catalogue_refs(model: Mapping[str, Any]) -> list[Any]:
    """The catalogues of a row of a model."""
    members = folded(model).get("catalogues")
    return as_written(members) if isinstance(members, list) else []


def learn(findings: Findings, kind: str, values: Iterable[Any]) -> None:
    for value in values:
        canonical = identity(value)
        known = findings.spelling.get((kind, canonical)) == canonical  # where one device has it so, all may
        if canonical and not known and (kind == RUNNING or canonical != value):
            findings.spelling[kind, canonical] = value


def learn_rows(findings: Findings, record: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """From a listing, whose rows have their known names."""
    names = names_of(record, "id")
    learn(findings, record, (own_id(folded(row), names) for row in rows))


def spelled(findings: Findings, kind: str, value: str) -> Id:
    """As the service wrote it; as it is where it was not listed."""
    found: Id = findings.spelling.get((kind, identity(value)), value)
    return found


def _spelled_model(findings: Findings, value: Id) -> Id:
    """Of a model in a pipeline."""
    canonical = identity(value)
    if canonical != value:
        return value  # as a device showed it, or as it was kept
    listed = findings.spelling.get(("model", canonical), value)
    found: Id = findings.spelling.get((RUNNING, canonical), listed)
    return found


def spelled_models(findings: Findings, pipeline: Mapping[str, Any]) -> dict[str, Any]:
    """A pipeline on its way out, those of its chains too."""
    made: dict[str, Any] = with_models(pipeline, lambda model: _spelled_model(findings, model))
    return made
