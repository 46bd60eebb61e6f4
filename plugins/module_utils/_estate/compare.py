# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs between the file of an estate and the cloud. Pure. What is not known is never a difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .._models.fields import FIELDS
from .assignments import as_groups, has_only_more_keys, models_named, renamed, settings_untold
from .cloud import Cloud
from .records import Assignment, DeviceState, Estate, Names, Record, SiteState
from .words import change_of, option_change, runs, shown

_NOT_NAMED = "the file does not name it"
_SILENT_FILE = "the file does not say what its devices are to have"


@dataclass(frozen=True)
class Subject:
    """A model or a catalogue by ``name`` and ``uuid``, or else a site, or a device of one."""

    name: str = ""
    uuid: str = ""
    site: str = ""
    site_name: str = ""
    device: str = ""
    device_name: str = ""

    @property
    def label(self) -> str:
        """Of a site, or of a device."""
        site = shown(self.site_name or self.site)
        return f"{shown(self.device_name or self.device)} at {site}" if self.device else site


@dataclass(frozen=True)
class Difference:
    """One thing that the cloud has other than the file. ``what`` is for people, and equal for what is equal.

    ``kind``: model, catalogue, site or device, with ``_missing`` (not in the cloud), ``_unlisted`` (not in the file) or
    what differs; ``device_extra``: what it runs has keys more that nobody understands; or assignment. ``declared`` and
    ``found``: both sides, in the words of the file. ``own``: whether what is unlisted is the account's own, None where
    that is not known.
    """

    kind: str
    about: Subject
    what: str
    option: str = ""
    declared: Any = None
    found: Any = None
    own: bool | None = None


@dataclass(frozen=True)
class Comparison:
    """``unseen``: what could not be compared, with the reason in ``what``. It is no drift."""

    differences: tuple[Difference, ...] = ()
    unseen: tuple[Difference, ...] = ()

    @property
    def missing(self) -> list[Difference]:
        """Sites and devices of the file that are not seen any more."""
        return [each for each in self.differences if each.kind in ("site_missing", "device_missing")]

    def assignments(self) -> list[dict[str, Any]]:
        """What to assign so that each device has what the file says, as ``nxai_pipeline`` takes it."""
        differ = [each for each in self.differences if each.kind == "assignment"]
        return as_groups((each.about.site, each.about.device, each.declared) for each in differ)


def compare(file: Estate, cloud: Cloud) -> Comparison:
    """``cloud`` is what was read. Sections that the file does not have are not compared."""
    comparing = _Comparing(file, cloud)
    if "catalogues" in file.said:
        comparing.records("catalogue", file.catalogues, cloud.catalogues, cloud.catalogue_names, lambda *_each: None)
    if "models" in file.said:
        comparing.records("model", file.models, cloud.models, cloud.model_names, comparing.model)
    if "sites" in file.said:
        comparing.sites()
    return Comparison(tuple(comparing.differences), tuple(comparing.unseen))


@dataclass
class _Comparing:
    file: Estate
    cloud: Cloud
    differences: list[Difference] = field(default_factory=list)
    unseen: list[Difference] = field(default_factory=list)
    _known: dict[int, tuple[Assignment, str]] = field(default_factory=dict)

    def differ(self, kind: str, about: Subject, what: str, **more: Any) -> None:
        self.differences.append(Difference(kind, about, what, **more))

    def skip(self, kind: str, about: Subject, why: str, **more: Any) -> None:
        self.unseen.append(Difference(kind, about, why, **more))

    def records(
        self,
        kind: str,
        declared: Iterable[Record],
        found: Mapping[str, Record],
        names: Names,
        both: Callable[[Record, Record, Subject], None],
    ) -> None:
        matched: set[str] = set()
        for each in declared:
            uuids = names.uuids(each.key)
            matched.update(uuids)
            about = Subject(each.name or each.uuid, uuids[0] if len(uuids) == 1 else each.uuid)
            if not uuids:
                self.differ(f"{kind}_missing", about, "it is not in the cloud")
            elif len(uuids) > 1:
                self.skip(kind, about, f"{len(uuids)} {kind}s have this name, and the file does not say which is meant")
            elif uuids[0] not in found:
                self.skip(kind, about, "it belongs to somebody else")
            else:
                both(each, found[uuids[0]], about)
        for uuid, record in found.items():
            if uuid not in matched:
                self.differ(f"{kind}_unlisted", Subject(record.name or uuid, uuid), _NOT_NAMED, own=record.own)

    def model(self, declared: Record, found: Record, about: Subject) -> None:
        if declared.uuid and declared.name and found.name != declared.name:
            self._changed(about, "name", declared.name, found.name)
        for each in FIELDS:
            wanted: Any = declared.options.get(each.option)
            now: Any = found.options.get(each.option)
            if wanted is None:
                continue
            if now is None:
                self.skip("model", about, f"the service does not show its {each.option}", option=each.option)
                continue
            if each.option == "catalogues":
                wanted = sorted(map(self.cloud.catalogue_names.same, wanted))
            if each.merge:
                wanted = {**now, **wanted}
            if not each.alike(now, wanted):
                self._changed(about, each.option, wanted, now)
        if declared.file is not None and found.file is None:
            self.skip("model", about, "it does not say which file it was made of", option="file")
        elif declared.file is not None and found.file != declared.file:
            self._changed(about, "file", declared.file, found.file)

    def _changed(self, about: Subject, option: str, declared: Any, found: Any) -> None:
        what = option_change(option, declared, found)
        self.differ(f"model_{option}", about, what, option=option, declared=declared, found=found)

    def sites(self) -> None:
        for site in self.file.sites.values():
            about, now = Subject(site=site.id, site_name=site.name), self.cloud.sites.get(site.id)
            if now is not None:
                self._site(site, now, replace(about, site_name=now.name or site.name))
            elif site.id not in self.cloud.listed:
                self.differ("site_missing", about, "the account does not see this shop any more")
        for site in self.cloud.sites.values():
            if site.id not in self.file.sites:
                what = f"{_NOT_NAMED}, and its devices were not read" if site.unread else _NOT_NAMED
                self.differ("site_unlisted", Subject(site=site.id, site_name=site.name), what)

    def _site(self, declared: SiteState, found: SiteState, about: Subject) -> None:
        self._name("site", declared.name, found.name, about)
        if found.unread or declared.unread:
            self.skip("site", about, self.cloud.reasons.get(found.id, found.unread) or _SILENT_FILE)
            return
        for nxid, device in declared.devices.items():
            now = found.devices.get(nxid)
            there = replace(about, device=nxid, device_name=(now.name if now else "") or device.name)
            if now is None:
                self.differ("device_missing", there, "not seen at its shop any more")
            else:
                self._device(device, now, there)
        for nxid, device in found.devices.items():
            if nxid not in declared.devices:
                there = replace(about, device=nxid, device_name=device.name)
                self.differ("device_unlisted", there, f"{_NOT_NAMED}; {runs(device.pipelines)}", found=device.pipelines)

    def _device(self, declared: DeviceState, found: DeviceState, about: Subject) -> None:
        self._name("device", declared.name, found.name, about)
        if found.pipelines is None:
            self.skip("device", about, f"it is not known what it runs: {found.unknown}")
        elif declared.pipelines is None:
            self.skip("device", about, f"the file does not know what it is to run ({declared.unknown})")
        else:
            self._assignment(declared.pipelines, found.pipelines, about)

    def _assignment(self, declared: Assignment, found: Assignment, about: Subject) -> None:
        wanted, problem = self._resolved(declared)
        if problem:
            self.skip("device", about, problem)
        elif untold := settings_untold(wanted, found):
            self.skip("device", about, f"the file does not say its {' and '.join(untold)}; it has the default now")
        elif has_only_more_keys(wanted, found):
            what = f"{change_of(wanted, found)}. To apply the file takes no such key away; an export takes it in"
            self.differ("device_extra", about, what, found=found)
        elif wanted != found:
            self.differ("assignment", about, change_of(wanted, found), declared=declared, found=found)

    def _resolved(self, declared: Assignment) -> tuple[Assignment, str]:
        """The same in the names of the cloud, or why that cannot be said. Thousands of devices share one."""
        if id(declared) not in self._known:
            names = self.cloud.model_names
            several = next((each for each in models_named(declared) if len(names.uuids(each)) > 1), "")
            problem = (
                f"several models are called {shown(several)}: the file does not say which is meant" if several else ""
            )
            self._known[id(declared)] = tuple(renamed(each, names.same) for each in declared), problem * bool(several)
        return self._known[id(declared)]

    def _name(self, kind: str, declared: str, found: str, about: Subject) -> None:
        if declared and found and declared != found:
            self.differ(f"{kind}_name", about, f"it was called {shown(declared)}", declared=declared, found=found)
