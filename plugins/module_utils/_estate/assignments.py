# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pipelines as an estate has them: the words of ``nxai_pipeline``, models by name, without what is a default."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .._api.contract.lines import WIRE_NAMES
from .._api.records.pipeline import RESIZING_METHODS, Pipeline, is_told, models_in, with_models
from .._core.errors import BadInput
from .records import Assignment, Entry, in_order, is_writable

DEFAULTS: dict[str, Any] = {
    "nms": 0.42, "resizing_method": "letterbox", "preprocessor": "", "postprocessor": "", "chains": [],
}  # fmt: skip
_DIGITS = 4  # of a threshold: as pipelines are compared


class Unwritable(ValueError):
    """Options cannot say what a pipeline has."""


def entry_of(pipeline: Pipeline, name_of: Callable[[str], str]) -> Entry:
    """Raises Unwritable where the same pipeline cannot be made of the entry."""
    entry = _entry(pipeline)
    if resized := entry.get("resizing_method"):
        _refuse(resized not in RESIZING_METHODS, f"resizing_method cannot say {resized}")
    _refuse(not is_writable(entry), "it is nested too deep, or holds a number of 40 digits")
    try:
        _refuse(pipeline_of(entry) != pipeline, "the options of nxai_pipeline cannot say all that is in it")
    except BadInput as error:
        raise Unwritable(error.answer) from None
    return renamed(entry, name_of)


def _refuse(wrong: bool, why: str) -> None:
    if wrong:
        raise Unwritable(why)


def _entry(pipeline: Pipeline) -> dict[str, Any]:
    """A setting that the service does not show is None, which is not the default."""
    option = pipeline.to_option()
    if option["nms"] is not None:
        option["nms"] = round(option["nms"], _DIGITS)
    option["chains"] = in_order(option["chains"])
    entry = {"model": option["model"], **{name: option[name] for name in DEFAULTS if option[name] != DEFAULTS[name]}}
    extra = {name: value for name, value in option["extra"].items() if not is_told(name, value)}
    return {**entry, "extra": in_order(extra)} if extra else entry


def pipeline_of(entry: Entry) -> Pipeline:
    """The pipeline that an entry stands for. Raises BadInput for a value of the wrong type or out of range."""
    made = Pipeline.new(entry)
    untold = {WIRE_NAMES[name] for name in DEFAULTS if name in entry and entry[name] is None}
    return Pipeline({name: value for name, value in made.wire.items() if name not in untold}) if untold else made


def normal(entry: Entry) -> Entry:
    """An entry that somebody wrote, in the form in which entries are compared. Raises BadInput."""
    return {**_entry(pipeline_of(entry)), "model": entry["model"]}


def renamed(entry: Entry, name_of: Callable[[str], str]) -> Entry:
    """The same with each model, those of chains too, replaced by what ``name_of`` gives for it."""
    found = {**entry, "model": name_of(entry["model"])}
    return {**found, "chains": with_models(entry["chains"], name_of)} if entry.get("chains") else found


def models_named(assignment: Assignment) -> list[str]:
    """The models of an assignment as they are written there, those of chains too."""
    found: dict[str, None] = {}
    for entry in assignment:
        found[entry["model"]] = None
        found.update(dict.fromkeys(map(str, models_in(entry.get("chains") or []))))
    return list(found)


def options_of(assignment: Assignment) -> list[dict[str, Any]]:
    """As the option ``pipelines`` of ``nxai_pipeline`` takes them: what is not told is left out."""
    return [{name: value for name, value in entry.items() if value is not None} for entry in assignment]


def as_groups(devices: Iterable[tuple[str, str, Assignment]]) -> list[dict[str, Any]]:
    """Devices, by site and NxID, with what each is to have, as the option ``assignments`` of ``nxai_pipeline``.

    Thousands share one assignment, so it is known by its identity.
    """
    groups: dict[tuple[str, int], tuple[list[str], Assignment]] = {}
    for site, nxid, assignment in devices:
        groups.setdefault((site, id(assignment)), ([], assignment))[0].append(nxid)
    return [
        {"site": site, "devices": found, "pipelines": options_of(assignment)}
        for (site, _key), (found, assignment) in groups.items()
    ]


def has_untold(assignment: Assignment) -> bool:
    """Whether it has a setting that is not known."""
    return any(value is None for entry in assignment for value in entry.values())


def settings_untold(declared: Assignment, found: Assignment) -> list[str]:
    """What ``declared`` does not know and ``found`` has at its default, where they differ in nothing else.

    To assign ``declared`` makes just that.
    """
    pairs = list(zip(declared, found, strict=False))
    untold = [{name for name in was if was[name] is None and name not in now} for was, now in pairs]
    told = [
        {name: was[name] for name in was if name not in out} for (was, _now), out in zip(pairs, untold, strict=True)
    ]
    return sorted(set().union(*untold)) if len(declared) == len(found) and told == list(found) else []


def has_only_more_keys(declared: Assignment, found: Assignment) -> bool:
    """Whether they differ in keys alone that nobody understands and only ``found`` has: to assign takes none away."""
    laid = [_with_keys_of(now, was) for was, now in zip(declared, found, strict=False)]
    return declared != found and len(declared) == len(found) and laid == list(found)


def _with_keys_of(found: Entry, declared: Entry) -> Entry:
    extra = {**found.get("extra", {}), **declared.get("extra", {})}
    return {**declared, "extra": extra} if extra else declared


def is_entry(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("model"), str) and bool(value["model"])
