# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fleet as metrics, in the text format that node_exporter's textfile collector takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from .._api.records.pipeline import models_of
from .._api.records.records import Device
from .._core.redaction import one_line
from .._core.wording import visible
from .findings import Finding, Outcome
from .kinds import KINDS
from .seen import Seen

STATUSES = ("assigned", "idle", "disabled", "unknown")
Labels = Mapping[str, str]
Samples = Iterable[tuple[Labels, float]]


def prometheus_of(seen: Seen, outcomes: Sequence[Outcome], findings: Sequence[Finding], moment: float) -> str:
    complete = not seen.errors and seen.sites is not None
    metrics: list[tuple[str, str, Samples]] = [
        ("read_timestamp_seconds", "When the fleet was read, in Unix time.", [({}, moment)]),
        ("read_complete", "Whether all of it could be read.", [({}, complete)]),
        ("site_online", "Whether a site is on-line. No sample where it does not say.", _online(seen)),
        ("cameras", "Cameras of a site by status, each counted once.", _cameras(seen)),
        ("model_cameras", "Cameras that are to run a model, alone or in a chain.", _models(seen)),
        ("check_status", "How each check of the doctor ended: 1 for its status.", _statuses(outcomes)),
        ("findings", "Findings of the doctor. No sample where a check could not look.", _findings(outcomes, findings)),
    ]
    return "".join(line for metric in metrics for line in _metric(*metric))


def status_of(device: Device) -> str:
    """``disabled`` where the plugin is off for it, whatever is assigned."""
    if device.enabled is False:
        return "disabled"
    if device.assignment is None:
        return "unknown"
    return "assigned" if device.assignment else "idle"


def _metric(name: str, meaning: str, samples: Samples) -> Iterator[str]:
    yield f"# HELP nxai_{name} {meaning}\n# TYPE nxai_{name} gauge\n"
    for labels, value in samples:
        inside = ",".join(f'{key}="{_escaped(each)}"' for key, each in labels.items())
        yield f"nxai_{name}{{{inside}}} {value:.17g}\n" if inside else f"nxai_{name} {value:.17g}\n"


def _escaped(value: str) -> str:
    return visible(one_line(value)).replace("\\", "\\\\").replace('"', '\\"')


def _online(seen: Seen) -> Iterator[tuple[Labels, float]]:
    offline = {site.id for site in seen.offline}
    for site in sorted(seen.sites or (), key=lambda each: each.id):
        if site.online is not None or site.id in offline:
            yield {"site": site.id, "site_name": site.name}, site.id not in offline


def _cameras(seen: Seen) -> Iterator[tuple[Labels, float]]:
    counts = Counter((site.id, site.name, status_of(device)) for site, device in seen.devices or ())
    for (site_id, name, status), count in sorted(counts.items()):
        yield {"site": site_id, "site_name": name, "status": status}, count


def _models(seen: Seen) -> Iterator[tuple[Labels, float]]:
    counts = Counter(
        (site.id, site.name, uuid, status_of(device))
        for site, device in seen.devices or ()
        for uuid in set(models_of(device.assignment or ()))
    )
    for (site_id, site_name, uuid, status), count in sorted(counts.items()):
        model = seen.known_models.get(uuid)
        labels = {"site": site_id, "site_name": site_name, "model": uuid, "model_name": model.name if model else ""}
        yield {**labels, "status": status}, count


def _statuses(outcomes: Sequence[Outcome]) -> Iterator[tuple[Labels, float]]:
    for outcome in outcomes:
        yield {"check": outcome.check, "status": outcome.status}, 1


def _findings(outcomes: Sequence[Outcome], findings: Sequence[Finding]) -> Iterator[tuple[Labels, float]]:
    """With a 0 for each kind that a check has looked for in vain: a series that comes and goes alerts nobody."""
    counts = Counter((each.found_by, each.kind.name, each.level) for each in findings)
    blind = {each.found_by for each in findings if each.kind.name == "unread"}
    blind |= {each.check for each in outcomes if each.status == "unknown"}
    seen_kinds = {(check, name) for check, name, _severity in counts}
    for kind in KINDS.values():
        if kind.check and kind.check not in blind and (kind.check, kind.name) not in seen_kinds:
            counts[(kind.check, kind.name, kind.severity)] = 0
    for (check, name, severity), count in sorted(counts.items()):
        yield {"check": check, "problem": name, "severity": severity}, count
