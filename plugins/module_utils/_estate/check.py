# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the files of an estate say, checked: nothing in them is guessed, and an error names the file and the place."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NoReturn

from .._api.records.records import normalise_nxid
from .._core.errors import BadInput
from .._core.values import identity
from .._core.wording import printable, shortened
from .._models.fields import FIELDS
from .._pipelines.options import PIPELINE
from .assignments import DEFAULTS, is_entry, normal
from .records import VERSION, Assignment, DeviceState, Estate, Record, SiteState

SECTIONS = ("catalogues", "models", "profiles", "sites")
_ENTRY: Mapping[str, Any] = PIPELINE
_SPECS: dict[str, Mapping[str, Any]] = {each.option: each.spec for each in FIELDS if each.option != "name"}
_FILE = {"sha256": str, "size": int}
_TYPES: dict[str, Any] = {"str": str, "int": int, "float": (int, float), "list": list, "dict": dict}
_WORDS = {str: "a text", int: "a whole number", (int, float): "a number", list: "a list", dict: "a dictionary"}
_ADVICE = "Correct the file. docs/estate.md has a sample of each section."


def estate_of(documents: Iterable[tuple[str, Any]]) -> Estate:
    """Of all files together, each with its name. Raises BadInput."""
    checked = [_Document(name, document) for name, document in documents]
    profiles = _once(checked, "profiles", lambda each: each.profiles())
    sites = _once(checked, "sites", lambda each: each.sites(profiles))
    return Estate(
        tuple(_once(checked, "catalogues", lambda each: each.records("catalogues", {})).values()),
        tuple(_once(checked, "models", lambda each: each.records("models", _SPECS)).values()),
        sites,
        profiles,
        frozenset(name for each in checked for name in each.sections),
    )


def _once(
    documents: Iterable[_Document], section: str, read: Callable[[_Document], Iterator[tuple[str, Any]]]
) -> dict[str, Any]:
    """A section of all files. What is in there twice is refused: nobody knows which is meant."""
    found: dict[str, Any] = {}
    first: dict[str, _Document] = {}
    for document in documents:
        for key, value in read(document):
            if key in found:
                document.refuse_twice(section, key, first[key])
            found[key], first[key] = value, document
    return found


class _Document:
    def __init__(self, name: str, document: Any) -> None:
        self._name = name
        given = self._members("", document, ("estate", *SECTIONS))
        version = given.get("estate")
        if version != VERSION or isinstance(version, bool):
            what = f"is {version!r:.20}" if "estate" in given else "is missing"
            self.refuse("estate", f"{what}: this collection reads version {VERSION}")
        self._given = given
        self.sections = [name for name in SECTIONS if given.get(name) is not None]

    def refuse(self, place: str, what: str) -> NoReturn:
        raise BadInput(f"read the estate {printable(self._name)}", f"{place} {what}".strip(), _ADVICE)

    def refuse_twice(self, section: str, key: str, first: _Document) -> NoReturn:
        what = f"{printable(key)} is there twice"
        if first is self:
            self.refuse(section, what)
        advice = "Keep one of them."
        tried = f"read the estate {printable(self._name)}"
        raise BadInput(tried, f"{section} {what}, in {printable(first._name)} too", advice)

    def records(self, section: str, specs: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Record]]:
        names = ("name", "uuid", *specs, *(["file"] if specs else []))
        for place, value in self._elements(section, self._given.get(section)):
            given = self._members(place, value, names)
            name, uuid = self._text(place, given, "name"), identity(self._text(place, given, "uuid", ""))
            if not (name or uuid):
                self.refuse(place, "has neither a name nor a uuid")
            options = {each: given[each] for each in specs if given.get(each) is not None}
            for each, option in options.items():
                self._check(f"{place}.{each}", option, specs[each])
            yield uuid or name, Record(name, uuid, options, self._mark(f"{place}.file", given.get("file")))

    def _mark(self, place: str, value: Any) -> Mapping[str, Any] | None:
        if value is None:
            return None
        given = self._members(place, value, _FILE)
        for name, kind in _FILE.items():
            self._of_type(f"{place}.{name}", given.get(name), kind)
        return given

    def profiles(self) -> Iterator[tuple[str, Assignment]]:
        profiles = self._given.get("profiles") or {}
        self._of_type("profiles", profiles, dict)
        for name, value in profiles.items():
            self._of_type("the name of a profile", name, str)
            yield name, self._assignment(f"profiles.{printable(name)}", value)

    def sites(self, profiles: Mapping[str, Assignment]) -> Iterator[tuple[str, SiteState]]:
        for place, value in self._elements("sites", self._given.get("sites")):
            names = ("id", "name", "profile", "pipelines", "devices", "exceptions", "unread")
            given = self._members(place, value, names)
            site = SiteState(identity(self._text(place, given, "id")), self._text(place, given, "name", ""))
            place = f"{place} ({printable(site.label)})"
            if given.get("unread") is not None:
                if given.keys() & {"profile", "pipelines", "devices", "exceptions"}:
                    self.refuse(place, "is unread, and has devices all the same")
                yield site.id, replace(site, unread=self._text(place, given, "unread"))
                continue
            yield site.id, replace(site, devices=self._all_devices(place, given, profiles))

    def _all_devices(
        self, place: str, given: Mapping[str, Any], profiles: Mapping[str, Assignment]
    ) -> dict[str, DeviceState]:
        found: dict[str, DeviceState] = {}
        says = given.get("devices") or any(given.get(each) is not None for each in ("profile", "pipelines"))
        groups = [(place, given)] if says else []
        groups += self._elements(f"{place}.exceptions", given.get("exceptions"))
        for index, (where, group) in enumerate(groups):
            if group is not given or index:
                group = self._members(where, group, ("profile", "pipelines", "unknown", "devices"))
            for nxid, device in self._devices(where, group, profiles):
                if nxid in found:
                    self.refuse(where, f"the device {printable(nxid)} is there twice")
                found[nxid] = device
        return found

    def _devices(
        self, place: str, given: Mapping[str, Any], profiles: Mapping[str, Assignment]
    ) -> Iterator[tuple[str, DeviceState]]:
        said = [name for name in ("profile", "pipelines", "unknown") if given.get(name) is not None]
        if len(said) != 1:
            self.refuse(place, f"has devices and {' and '.join(said) or 'neither profile nor pipelines'}: give one")
        pipelines, unknown = self._assigned(place, given, profiles), ""
        if said == ["unknown"]:
            unknown = self._text(place, given, "unknown")
        devices = given.get("devices") or {}
        self._of_type(f"{place}.devices", devices, dict)
        if not devices:
            self.refuse(place, f"has {said[0]} and no devices: name the cameras that are to have it, or take it out")
        for nxid, name in devices.items():
            self._of_type(f"{place}.devices: an NxID", nxid, str)
            self._of_type(f"{place}.devices: the name of {printable(nxid)}", "" if name is None else name, str)
            yield normalise_nxid(nxid), DeviceState(name or "", pipelines, unknown)

    def _assigned(self, place: str, given: Mapping[str, Any], profiles: Mapping[str, Assignment]) -> Assignment | None:
        if given.get("profile") is not None:
            name = self._text(place, given, "profile")
            if name not in profiles:
                self.refuse(place, f"names the profile {printable(name)}, which is not there")
            return profiles[name]
        return None if given.get("pipelines") is None else self._assignment(f"{place}.pipelines", given["pipelines"])

    def _assignment(self, place: str, value: Any) -> Assignment:
        found = []
        for where, each in self._elements(place, value):
            entry = self._members(where, each, _ENTRY)
            if not is_entry(entry):
                self.refuse(where, "has no model")
            for name, given in entry.items():
                if not (given is None and name in DEFAULTS):
                    self._check(f"{where}.{name}", given, _ENTRY[name])
            try:
                found.append(normal(entry))
            except BadInput as error:
                self.refuse(where, error.answer)
        return tuple(found)

    def _elements(self, place: str, value: Any) -> list[tuple[str, Any]]:
        self._of_type(place, [] if value is None else value, list)
        return [(f"{place}[{index}]", each) for index, each in enumerate(value or [])]

    def _members(self, place: str, value: Any, known: Iterable[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.refuse(place or "it", "is not a dictionary")
        for name in value:
            if name not in known:
                near = difflib.get_close_matches(str(name), known, 1)
                others = f"did you mean {near[0]}?" if near else f"there are {shortened(list(known), 40)}"
                self.refuse(place, f"holds {printable(str(name))[:60]}, which nothing is called here; {others}")
        return value

    def _text(self, place: str, given: Mapping[str, Any], name: str, default: str | None = None) -> str:
        value = given.get(name)
        value = default if value is None else value
        if value is None:
            self.refuse(place, f"has no {name}")
        self._of_type(f"{place}.{name}", value, str)
        return str(value)

    def _of_type(self, place: str, value: Any, kind: Any) -> None:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            quotes = ": write it in quotes" if kind is str and _is_unquoted(value) else ""
            self.refuse(place, f"is not {_WORDS[kind]}{quotes}")

    def _check(self, place: str, value: Any, spec: Mapping[str, Any]) -> None:
        self._of_type(place, value, _TYPES[spec["type"]])
        for each in value if spec["type"] == "list" else ():
            self._of_type(f"{place}: an element", each, _TYPES[spec["elements"]])
        choices = spec.get("choices")
        if choices and value not in choices:
            self.refuse(place, f"is {value!r:.40}, which is none of {', '.join(map(str, choices))}")


def _is_unquoted(value: Any) -> bool:
    """Whether it seems to be meant as text: a number, a date, or an id with its braces."""
    return not isinstance(value, list) and not (
        isinstance(value, dict) and any(each is not None for each in value.values())
    )
