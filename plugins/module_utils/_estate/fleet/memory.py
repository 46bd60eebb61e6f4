# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the last report saw: the file beside the page. Pure.

It is taken for data of anybody: all of it is judged before any of it is used, and its texts are texts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field, replace
from typing import Any, TypeVar

from ..._core.limits import read_json
from .setups import Setups

MARK = "nxai.cloud fleet report"
FORMAT = 3
MOST_BYTES = 64 << 20  # some 400,000 cameras
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
Kind = TypeVar("Kind")


class Wrong(ValueError):
    """It is not what a report has written."""


@dataclass(frozen=True)
class CameraThen:
    """``setup``: the number of what it ran when that was last known, at ``seen_at``; None: it never was.

    It was first seen with it at ``since``. Before that, last at ``after``, it ran something else; None: not known.
    ``known``: whether it was known for this report. ``server``: the id of its server, or its name; None: not told.
    """

    name: str
    enabled: bool | None = None
    setup: int | None = None
    since: str | None = None
    after: str | None = None
    seen_at: str | None = None
    known: bool = False
    server: str | None = None


@dataclass(frozen=True)
class ServerThen:
    name: str
    status: str | None
    plugin: str | None


@dataclass(frozen=True)
class SiteThen:
    """``listed``: whether it was for this report. Its servers and cameras are those that were last read, if ever."""

    name: str
    online: bool | None
    version: str | None
    listed: bool
    servers_read: bool = False
    cameras_read: bool = False
    servers: Mapping[str, ServerThen] = field(default_factory=dict)
    cameras: Mapping[str, CameraThen] = field(default_factory=dict)


@dataclass(frozen=True)
class ProblemThen:
    """``text``: the problem in words. ``check``: the one that found it. ``sites``: the ids of the sites with it."""

    text: str
    check: str
    sites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Memory:
    """``scope``: the patterns of sites. ``digest``: of all that the report said but times. ``problems``: by kind and
    severity, those that were found, and those that nobody could look at since. ``blind``: checks that could not look.
    ``has_models``: whether models and catalogues could be read.
    """

    made_at: str
    scope: tuple[str, ...]
    digest: str
    problems: Mapping[str, ProblemThen]
    blind: tuple[str, ...]
    has_models: bool
    setups: Setups
    sites: Mapping[str, SiteThen]

    def as_bytes(self) -> bytes:
        data = {
            "written_by": MARK,
            "format": FORMAT,
            "made_at": self.made_at,
            "scope": self.scope,
            "digest": self.digest,
            "problems": {key: astuple(each) for key, each in self.problems.items()},
            "blind": self.blind,
            "has_models": self.has_models,
            "models": self.setups.used_names(),
            "setups": self.setups.as_wires(),
            "sites": [{"id": each, **_site_as_data(site)} for each, site in self.sites.items()],
        }
        return json.dumps(data, separators=(",", ":")).encode()

    @classmethod
    def of(cls, content: bytes) -> Memory:
        """Raises Wrong."""
        try:
            data = read_json(content)
        except ValueError as error:
            raise Wrong(f"it is not whole ({error})") from None
        if not isinstance(data, dict) or data.get("written_by") != MARK:
            raise Wrong("it is not from a fleet report")
        found = data.get("format")
        if isinstance(found, int) and found > FORMAT:
            raise Wrong(f"a newer version of nxai.cloud has written it (format {found}, and this one reads {FORMAT})")
        if found != FORMAT:
            raise Wrong(f"it is of another version (format {found!r:.20})")
        try:
            return cls._of(data)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Wrong(f"it is not what a report writes ({error})") from None

    @classmethod
    def _of(cls, data: Mapping[str, Any]) -> Memory:
        names = _texts(data["models"])
        wires = [[_a(each, dict) for each in _a(setup, list)] for setup in _a(data["setups"], list)]
        setups = Setups(names, wires)
        if len(setups.all) != len(wires):
            raise Wrong("two of its setups are the same")
        rows = [_a(row, dict) for row in _a(data["sites"], list)]
        sites = {_a(row["id"], str): _site_of(row, len(wires)) for row in rows}
        scope = tuple(_a(each, str) for each in _a(data["scope"], list))
        problems = {key: _problem_of(_a(row, list)) for key, row in _a(data["problems"], dict).items()}
        blind = tuple(_a(each, str) for each in _a(data["blind"], list))
        return cls(
            made_at=_time(data["made_at"]),
            scope=scope,
            digest=_a(data["digest"], str),
            problems=problems,
            blind=blind,
            has_models=_a(data["has_models"], bool),
            setups=setups,
            sites=sites,
        )


def _site_as_data(site: SiteThen) -> dict[str, Any]:
    """Servers and cameras as rows: the names of their members would be most of the file."""
    return {
        **vars(site),
        "servers": [(each, *astuple(server)) for each, server in site.servers.items()],
        "cameras": [(each, *astuple(camera)) for each, camera in site.cameras.items()],
    }


def _site_of(row: Mapping[str, Any], setups: int) -> SiteThen:
    servers = dict(_server_of(_a(server, list)) for server in _a(row["servers"], list))
    cameras = dict(_camera_of(_a(camera, list), setups) for camera in _a(row["cameras"], list))
    return SiteThen(
        name=_a(row["name"], str),
        online=_maybe(row["online"], bool),
        version=_maybe(row["version"], str),
        listed=_a(row["listed"], bool),
        servers_read=_a(row["servers_read"], bool),
        cameras_read=_a(row["cameras_read"], bool),
        servers=servers,
        cameras=cameras,
    )


def _problem_of(row: list[Any]) -> ProblemThen:
    text, check, sites = row
    return ProblemThen(_a(text, str), _a(check, str), tuple(_a(each, str) for each in _a(sites, list)))


def _server_of(row: list[Any]) -> tuple[str, ServerThen]:
    key, name, status, plugin = row
    return _a(key, str), ServerThen(_a(name, str), _maybe(status, str), _maybe(plugin, str))


def _camera_of(row: list[Any], setups: int) -> tuple[str, CameraThen]:
    key, name, enabled, setup, *times, known, server = row
    since, after, seen_at = map(_maybe_time, times)
    if setup is not None and not (0 <= _a(setup, int) < setups and since and seen_at):
        raise Wrong("a camera has a setup that is not there")
    camera = CameraThen(_a(name, str), _maybe(enabled, bool), setup, since, after, seen_at, _a(known, bool))
    return _a(key, str), replace(camera, server=_maybe(server, str))


def _a(value: Any, kind: type[Kind]) -> Kind:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Wrong(f"a value is {type(value).__name__}, not {kind.__name__}")
    return value


def _maybe(value: Any, kind: type[Kind]) -> Kind | None:
    return None if value is None else _a(value, kind)


def _texts(value: Any) -> dict[str, str]:
    return {each: _a(text, str) for each, text in _a(value, dict).items()}


def _time(value: Any) -> str:
    if not _TIME.fullmatch(_a(value, str)):
        raise Wrong("a time is none")
    return str(value)


def _maybe_time(value: Any) -> str | None:
    return None if value is None else _time(value)
