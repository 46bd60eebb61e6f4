# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What speaks against an assignment before it is sent. Pure: what was read comes in, refusals come out.

Only what is known counts: a field that the service does not give is no reason to refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._api.contract.lines import WIRE_NAMES, hint
from .._api.records.assignment import LINE
from .._api.records.pipeline import Assignment, processor_name, understood_number
from .._api.records.records import Model, Server, Site
from .._core.errors import BadInput
from .._core.values import folded, is_uuid
from .._core.wording import shortened
from .reconcile import DeviceChange

CHECKS_SPEC: dict[str, dict[str, Any]] = {
    f"require_{name}": {"type": "bool", "default": True}
    for name in ("ready", "support", "runtime", "processors", "available")
}
# The device= of an artefact by a word in the name of the runtime that needs it; "" is an artefact for any of them.
# A Hailo-8L is counted as a Hailo: whether the one runs the files of the other is not known.
_ACCELERATORS = {"hailo": "hailo", "memryx": "mxa", "mxa": "mxa"}
_GENERAL = ("cpu", "cuda", "openvino", "onnx")
PROCESSORS = {"Preprocessor": "preprocessors", "Postprocessor": "postprocessors"}  # in a pipeline, and of a server


@dataclass(frozen=True)
class Facts:
    """What was read. ``servers`` is by site id; ``acting`` the organisation that the task acts for."""

    models: Mapping[str, Model] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    servers: Mapping[str, Sequence[Server]] = field(default_factory=dict)
    acting: str | None = None


@dataclass(frozen=True)
class Refusal:
    site: str
    device: str
    label: str  # device and site, for people
    reason: str

    @classmethod
    def of(cls, change: DeviceChange, reason: str) -> Refusal:
        return cls(change.site.id, change.device.id, change.label, reason)

    def as_result(self) -> dict[str, str]:
        return {"site": self.site, "device": self.device, "reason": self.reason}


def raise_if_any(refusals: Sequence[Refusal], advice: str = "") -> None:
    """One error with each reason once, and the devices that it is for; in its result, one entry for each device."""
    if not refusals:
        return
    devices: dict[str, list[str]] = {}
    for each in refusals:
        devices.setdefault(each.reason, []).append(each.label)
    reasons = [f"{reason} ({shortened(labels)})" for reason, labels in devices.items()]
    raise BadInput(
        "Plan the assignments",
        "; ".join(reasons[:10]) + (f"; and {len(reasons) - 10} more reasons" if len(reasons) > 10 else ""),
        "Nothing was written. Correct or leave out what is named. The options not_applicable and require_* "
        f"say which of these checks can be switched off. {advice}".rstrip(),
        result={"changed": False, "refused": [each.as_result() for each in refusals]},
    )


def refusals(
    changes: Sequence[DeviceChange], facts: Facts, options: Mapping[str, Any], restoring: bool
) -> list[Refusal]:
    """Why these changes would be accepted and then do nothing. Models of a snapshot are taken as they are."""
    checks: list[Callable[[DeviceChange], Iterator[str]]] = []
    if options["require_support"]:
        checks.append(_unsupported)
    if not restoring:
        checks.append(_ModelCheck(facts, options))
        shown = [each.before for each in changes if each.before]
        if shown and all(map(is_doubled, shown)):
            checks.append(_doubled)
        strange = next((found for each in changes for found in thresholds_above_one(each.before)), None)
        if strange is not None:
            checks.append(lambda change: _in_another_scale(change, strange))
        if options["require_processors"]:
            checks.append(lambda change: _unknown_processors(change, _server(change, facts)))
    return [Refusal.of(change, reason) for change in changes for check in checks for reason in check(change)]


def sites_whose_servers_count(
    changes: Sequence[DeviceChange], models: Mapping[str, Model], options: Mapping[str, Any]
) -> list[Site]:
    """Where the servers have to be listed for a check: what the device itself says of its server is not enough.

    That costs a request, so it is done only where a model does not fit every runtime, or a processor is new.
    """
    choosy = {uuid for uuid, model in models.items() if options["require_runtime"] and not _fits_all(model.artefacts)}
    found: dict[str, Site] = {}
    for each in changes:
        if each.site.id not in found and (
            (options["require_processors"] and any(_new_processors(each)))
            or (each.device.server.runtime is None and not choosy.isdisjoint(each.new_models))
        ):
            found[each.site.id] = each.site
    return list(found.values())


def _unsupported(change: DeviceChange) -> Iterator[str]:
    if change.device.server.supports_pipelines is False:
        yield "its server does not support pipelines"


def is_doubled(assignment: Assignment) -> bool:
    """Whether each pipeline is there more than once, just the same: the service may show each twice."""
    return bool(assignment) and all(sum(one == other for other in assignment) > 1 for one in assignment)


def _doubled(change: DeviceChange) -> Iterator[str]:
    if change.before:
        yield f"each of its pipelines is shown more than once, and would be written so. {hint(LINE)}"


def thresholds_above_one(assignment: Assignment) -> Iterator[float]:
    """What no threshold is as they are known: where one shows, all may be percents, and 0.5 next to nothing."""
    found = (understood_number(each.wire.get(WIRE_NAMES["nms"])) for each in assignment)
    yield from (each for each in found if each is not None and each > 1)


def _in_another_scale(change: DeviceChange, strange: float) -> Iterator[str]:
    before = {understood_number(each.wire.get(WIRE_NAMES["nms"])) for each in change.before}
    for each in change.after:
        wanted = understood_number(each.wire.get(WIRE_NAMES["nms"]))
        if wanted is not None and wanted not in before:
            yield (
                f"devices here show thresholds such as {strange:g}, so that {wanted:g} may not mean what you want."
                f" They are known to go from 0 to 1. {hint('fields.pipeline.nms')}"
            )


class _ModelCheck:
    """Of each model that a device is to run anew. Most devices get the same: each question is answered once."""

    def __init__(self, facts: Facts, options: Mapping[str, Any]) -> None:
        self._facts = facts
        self._options = options
        self._answers: dict[tuple[str, str, str], list[str]] = {}

    def __call__(self, change: DeviceChange) -> Iterator[str]:
        runtime = _server(change, self._facts).runtime or ""
        for uuid in change.new_models:
            key = (uuid, change.site.id, runtime)
            if key not in self._answers:
                self._answers[key] = list(self._reasons(*key))
            yield from self._answers[key]

    def _reasons(self, uuid: str, site_id: str, runtime: str) -> Iterator[str]:
        model = self._facts.models.get(uuid)
        if model is None:
            if is_uuid(uuid):  # in check mode this can be a name: see PipelineResource
                yield f"there is no model {uuid}, or the listing is behind. {hint('operations.list_models.path')}"
            return
        if self._options["require_ready"] and model.state != "ready":
            yield f"the model {model.name} is not ready (Status {model.status}, Code {model.code_status})"
        if self._options["require_runtime"]:
            yield from misfit(model, runtime)
        if self._options["require_available"]:
            yield from self._unavailable(model, site_id)

    def _unavailable(self, model: Model, site_id: str) -> Iterator[str]:
        """A model in no catalogue can be used by its owner only. Whom a catalogue is shared with is not shown."""
        site = self._facts.sites.get(site_id)
        owner, user = model.organisation.id, site.organisation.id if site else ""
        if model.catalogue_uuids == () and owner and user and owner not in (user, self._facts.acting):
            yield f"the model {model.name} is in no catalogue, and belongs to another organisation than the site"


def _server(change: DeviceChange, facts: Facts) -> Server:
    """What is known of the device's server: its line in the list of servers, or else what the device says."""
    embedded = change.device.server
    listed = facts.servers.get(change.site.id, ())
    same = [each for each in listed if each.id == embedded.id] if embedded.id else []
    same = same or [each for each in listed if each.name == embedded.name]
    return same[0] if len(same) == 1 else embedded


def _devices_of(artefacts: Iterable[str]) -> set[str]:
    """Which accelerators the files are for; "" stands for all without one. The original upload is for none."""
    found = set()
    for mime in artefacts:
        parameters = dict(part.partition("=")[::2] for part in mime.split(";")[1:])
        if parameters.get("source") != "original":
            device = parameters.get("device", "")
            found.add("hailo" if device.startswith("hailo") else device)
    return found


def _fits_all(artefacts: Sequence[str] | None) -> bool:
    return not artefacts or _devices_of(artefacts) >= {"", *_ACCELERATORS.values()}


def misfit(model: Model, runtime: str) -> Iterator[str]:
    """That no file of the model is for this runtime. Nothing where either does not say."""
    artefacts = model.artefacts
    word = runtime.lower()
    needed = next((device for name, device in _ACCELERATORS.items() if name in word), None)
    if needed is None and any(name in word for name in _GENERAL):
        needed = ""
    if artefacts and needed is not None and needed not in _devices_of(artefacts):
        yield f"the model {model.name} has no file for the runtime {runtime} (it has {', '.join(artefacts)})"


def _new_processors(change: DeviceChange) -> Iterator[tuple[str, str]]:
    """Names of pre- and postprocessors that the device does not use yet, with their key on the wire."""
    before = {(key, processor_name(each.wire.get(key))) for each in change.before for key in PROCESSORS}
    for each in change.after:
        for key in PROCESSORS:
            name = processor_name(each.wire.get(key))
            if name and (key, name) not in before:
                yield key, name


def _unknown_processors(change: DeviceChange, server: Server) -> Iterator[str]:
    row = folded(server.raw)
    for key, name in _new_processors(change):
        known = row.get(PROCESSORS[key])
        if isinstance(known, list) and name not in known:
            names = ", ".join(each for each in known if isinstance(each, str)) or "none"
            yield f"its server knows no {key.lower()} {name} (it has: {names})"
