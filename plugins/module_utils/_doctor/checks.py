# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with a connection and the estate behind it: each check is a pure function over what was read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .._api.contract.lines import WORDS
from .._api.records.pipeline import models_of
from .._connection.settings import Settings
from .._core.errors import BadInput, NxaiError, SignInFailed, Unreachable
from .._core.redaction import one_line
from .._first_contact.openapi.comparison import Difference
from .._fleet.reading import Fleet
from .._fleet.targets import WHERE_PIPELINES_ARE, why_unknown
from .processors import unoffered


@dataclass(frozen=True)
class Finding:
    """``severity``: error for what does not work, warning for what may be meant so. ``where``: what it is about."""

    check: str
    severity: str
    where: str
    what: str
    advice: str

    def as_result(self) -> dict[str, str]:
        return {key: one_line(str(value)) for key, value in asdict(self).items()}


@dataclass(frozen=True, kw_only=True)
class Seen(Fleet):
    """All that was read."""

    settings: Settings
    contract: list[Difference] | None = None


@dataclass(frozen=True)
class Check:
    """``part``: what it looks at, and reports where that could not be read; ``others``: parts that it needs, too."""

    look: Callable[[Seen], Iterator[Finding]]
    part: str | None = None
    others: tuple[str, ...] = ()


def _reachability(seen: Seen) -> Iterator[Finding]:
    for error in _distinct(seen):
        if isinstance(error, Unreachable) and not error.permanent:
            yield Finding("reachability", "error", error.tried, error.answer, error.advice)


def _tls(seen: Seen) -> Iterator[Finding]:
    settings = seen.settings
    for error in _distinct(seen):
        if isinstance(error, Unreachable) and error.permanent:
            yield Finding("tls", "error", error.tried, error.answer, error.advice)
    if not settings.validate_certs:
        advice = "Set validate_certs: true, and ca_path for an authority of your own."
        yield Finding("tls", "warning", settings.api_url, "certificates are not checked", advice)


def _token(seen: Seen) -> Iterator[Finding]:
    unusable = {each.answer for each in seen.errors.get("catalogues", ()) if isinstance(each, BadInput)}
    for error in _distinct(seen):
        refused = error.status == 401 or (error.status == 403 and seen.settings.act_as is None)
        if isinstance(error, SignInFailed) or error.answer in unusable or refused:
            yield Finding("token", "error", error.tried, error.answer, error.advice)


def _act_as(seen: Seen) -> Iterator[Finding]:
    act_as = seen.settings.act_as
    for error in _distinct(seen):
        if act_as is not None and error.status == 403:
            advice = "Check that this account belongs to it, and that act_as has the right kind and id."
            yield Finding("act_as", "error", f"{act_as.kind} {act_as.id}", error.answer, advice)


def _contract(seen: Seen) -> Iterator[Finding]:
    for each in seen.contract or ():
        if each.severity != "note":
            what = f"{each.kind}: expected {each.expected}, found {each.found}"
            yield Finding("contract", each.severity, each.operation, what, each.advice)


def _sites(seen: Seen) -> Iterator[Finding]:
    if seen.sites == []:
        advice = "Check the option sites, the account, and act_as: without it only the personal sites are shown."
        yield Finding("sites", "warning", "all sites", "there is none", advice)
    for site in seen.sites or ():
        if site.online is False:
            advice = "Check the server and its way to the internet: nothing can be assigned there."
            yield Finding("sites", "warning", site.label, "the site is off-line", advice)


def _servers(seen: Seen) -> Iterator[Finding]:
    for site, server in seen.servers or ():
        where = f"{site.label} / {server.label}"
        if server.supports_pipelines is False:
            advice = "Update the Nx AI Manager plugin of this server."
            yield Finding("servers", "warning", where, "the plugin does not support pipelines", advice)
        if server.status is not None and server.status.lower() not in WORDS["running"][0]:
            advice = "Start the server or its plugin, and look into its log."
            yield Finding("servers", "warning", where, f"its status is {server.status}", advice)
    for site, server, processor, count in unoffered(seen.servers or (), seen.devices or ()):
        what = f"{count} devices name the {processor}, which plugin {server.plugin_version} does not offer there"
        advice = "Version 5 refuses a processor file of version 4 whole. Install the processor for version 5."
        yield Finding("servers", "warning", f"{site.label} / {server.label}", what, advice)


def _devices(seen: Seen) -> Iterator[Finding]:
    for site, device in seen.devices or ():
        where = f"{site.label} / {device.label}"
        if device.assignment is None:
            advice = f"nxai_pipeline does not write to it, as that could lose what runs. {WHERE_PIPELINES_ARE}"
            yield Finding("devices", "error", where, f"its pipelines are not known: {why_unknown(device)}", advice)
        elif device.enabled and not device.assignment:
            advice = "Assign a model with nxai_pipeline, or switch the plugin off for this device."
            yield Finding("devices", "warning", where, "it is enabled and runs nothing", advice)


def _models_ready(seen: Seen) -> Iterator[Finding]:
    used = _used(seen)
    for model in seen.models or ():
        if model.state == "ready":
            continue
        where = f"{model.name or model.uuid} ({model.uuid})"
        said = f"status {model.status}, code {model.code_status}"
        devices = used.get(model.uuid, 0)
        if model.state == "failed":
            advice = "Look at the conversion log in the portal, correct the file, and upload it again."
            yield Finding("models_ready", "error", where, f"its conversion failed ({said})", advice)
        elif devices:
            advice = "Wait for the conversion, then assign it again: what is assigned before does nothing."
            what = f"{devices} devices are to run it and it is not ready ({said})"
            yield Finding("models_ready", "error", where, what, advice)
        else:
            yield Finding("models_ready", "warning", where, f"it is not ready ({said})", "Wait for the conversion.")


def _models_catalogued(seen: Seen) -> Iterator[Finding]:
    """A model that does not say which catalogues it is in is left alone: that field is inferred."""
    known = {model.uuid: model for model in seen.models or ()}
    for uuid, devices in sorted(_used(seen).items()):
        model = known.get(uuid)
        if model is None:
            advice = "Put it into a catalogue of the organisation of the devices, or assign another model."
            yield Finding("models_catalogued", "warning", uuid, f"{devices} devices run it, and it is not seen", advice)
        elif model.catalogue_uuids == ():
            advice = "Put it into a catalogue with nxai_catalogue or nxai_model: others cannot assign it."
            where = f"{model.name or model.uuid} ({uuid})"
            yield Finding(
                "models_catalogued", "warning", where, f"{devices} devices run it, and no catalogue has it", advice
            )


CHECKS = {
    "reachability": Check(_reachability),
    "tls": Check(_tls),
    "token": Check(_token),
    "act_as": Check(_act_as),
    "contract": Check(_contract, "contract"),
    "sites": Check(_sites, "sites"),
    "servers": Check(_servers, "servers"),
    "devices": Check(_devices, "devices"),
    "models_ready": Check(_models_ready, "models", ("devices",)),
    "models_catalogued": Check(_models_catalogued, "models", ("devices",)),
}


def diagnose(seen: Seen) -> dict[str, Any]:
    """The findings of all checks, and what became of each. What could not be read is a finding, too."""
    findings: list[Finding] = []
    checks = []
    for name, check in CHECKS.items():
        mine = list(check.look(seen))
        told = {(each.where, each.what) for each in findings}
        errors = [each for each in seen.errors.get(check.part or "", ()) if (each.tried, each.answer) not in told]
        mine += [Finding(name, "error", each.tried, each.answer, each.advice) for each in errors[:5]]
        severities = {each.severity for each in mine}
        unread = not {check.part, *check.others}.isdisjoint(seen.errors)
        status = next((each for each in ("error", "warning") if each in severities), "unknown" if unread else "ok")
        checks.append({"check": name, "status": status, "findings": len(mine)})
        findings += mine
    findings.sort(key=lambda each: each.severity)
    return {
        "checks": checks,
        "findings": [each.as_result() for each in findings],
        "counts": {name: sum(each.severity == name for each in findings) for name in ("error", "warning")},
        "table": _table(checks, findings),
    }


def _table(checks: Iterable[Mapping[str, Any]], findings: list[Finding]) -> str:
    lines = []
    for each in checks:
        lines.append(f"{each['status'].upper():9}{each['check']}")
        for finding in (one.as_result() for one in findings if one.check == each["check"]):
            lines.append(f"         {finding['severity']}: {finding['where']}: {finding['what']}")
            lines.append(f"           {finding['advice']}")
    return "\n".join(lines)


def _distinct(seen: Seen) -> list[NxaiError]:
    """The errors of all parts, each once: a token that is refused is refused for every part."""
    return list({(each.status, each.answer): each for many in seen.errors.values() for each in many}.values())


def _used(seen: Seen) -> dict[str, int]:
    """How many devices are known to run each model, by itself or in a chain."""
    counts: dict[str, int] = {}
    for _site, device in seen.devices or ():
        for uuid in models_of(device.assignment or ()):
            counts[uuid] = counts.get(uuid, 0) + 1
    return counts
