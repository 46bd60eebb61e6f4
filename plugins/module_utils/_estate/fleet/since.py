# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What changed between two reports, in words, and at how many cameras and sites. Pure.

Only what both reports knew is compared: what was not read is neither gone nor new.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..._core.page.words import cameras, sites
from .memory import CameraThen, Memory, ServerThen, SiteThen
from .problems import Problems


@dataclass(frozen=True)
class Change:
    """``text``: what. ``sites``: the ids of those it is about. ``cameras``: how many, 0 where it is about none."""

    text: str
    sites: tuple[str, ...]
    cameras: int = 0

    def __str__(self) -> str:
        if not self.sites:
            return self.text
        where = f"{cameras(self.cameras)} at {sites(len(self.sites))}" if self.cameras else sites(len(self.sites))
        return f"{where}: {self.text}"


class Since:
    """``before``: the last report, ``after``: this one."""

    def __init__(self, before: Memory, after: Memory) -> None:
        self._before = before
        self._after = after
        self._words: dict[tuple[int, int], str] = {}
        self._moves = self._moved()

    def changes(self) -> list[Change]:
        """Those of most cameras first."""
        found: dict[tuple[str, bool], list[str]] = {}
        for site, text, is_camera in self._all():
            found.setdefault((text, is_camera), []).append(site)
        changes = [
            Change(text, tuple(dict.fromkeys(places)), len(places) if is_camera else 0)
            for (text, is_camera), places in found.items()
        ]
        changes.sort(key=lambda each: (-each.cameras, -len(each.sites), each.text))
        others = [*self._of_models(), *Problems(self._before, self._after).changes()]
        return [*changes, *(Change(each, ()) for each in others)]

    def _moved(self) -> dict[str, tuple[str, str]]:
        """Cameras that were read at another site than the one that they have left: where they are, and in words."""
        after = self._after.sites
        now = {nxid: key for key, site in after.items() if site.listed and site.cameras_read for nxid in site.cameras}
        return {
            nxid: (now[nxid], f"moved: {then.name or key} → {after[now[nxid]].name or now[nxid]}")
            for key, then in self._before.sites.items()
            for nxid in then.cameras
            if now.get(nxid, key) != key and self._has_left(nxid, key)
        }

    def _has_left(self, nxid: str, key: str) -> bool:
        """Only where the site could be read now, or is certainly gone itself."""
        then, site = self._before.sites[key], self._after.sites.get(key)
        if site is not None and site.listed:
            return site.cameras_read and nxid not in site.cameras
        return then.listed and self._before.scope == self._after.scope

    def _of_models(self) -> Iterator[str]:
        names = self._after.setups.used_names()
        for model, was in self._before.setups.used_names().items():
            if was != names.get(model, was):
                yield f"a model is renamed: {was} → {names[model]}"

    def _all(self) -> Iterator[tuple[str, str, bool]]:
        """The site, what, and whether it is a camera that it happened to."""
        before, after = self._before, self._after
        for key, site in after.sites.items():
            then = before.sites.get(key)
            if site.listed and (then or before.scope == after.scope):
                for text, is_camera in self._of_site(then, site):
                    yield key, text, is_camera
        yield from ((place, text, True) for place, text in self._moves.values())
        for key, then in before.sites.items():
            seen = after.sites.get(key)
            if before.scope == after.scope and then.listed and not (seen and seen.listed):
                yield key, f"no longer listed: {then.name or key}", False

    def _of_site(self, then: SiteThen | None, site: SiteThen) -> Iterator[tuple[str, bool]]:
        if then is None:
            yield f"new: {site.name}", False
            return
        if then.name and site.name and then.name != site.name:
            yield f"renamed: {then.name} → {site.name}", False
        if site.online is False and then.online is not False:
            yield "off-line", False
        elif site.online and then.online is False:
            yield "on-line again", False
        if then.version and site.version and then.version != site.version:
            yield f"version {then.version} → {site.version}", False
        if site.servers_read and then.servers:
            yield from ((text, False) for text in _of_servers(then, site))
        if site.cameras_read and then.cameras:
            yield from ((text, True) for text in self._of_cameras(then, site))

    def _of_cameras(self, then: SiteThen, site: SiteThen) -> Iterator[str]:
        for key, camera in site.cameras.items():
            was = then.cameras.get(key)
            if was is None:
                yield from [] if key in self._moves else ["new"]
                continue
            if was.server and camera.server and was.server != camera.server:
                yield f"on another server: {_server_name(then, was)} → {_server_name(site, camera)}"
            if was.name and camera.name and was.name != camera.name:
                yield "renamed"
            if was.enabled is not None and camera.enabled is not None and was.enabled != camera.enabled:
                yield "switched on" if camera.enabled else "switched off"
            yield from self._of_setups(was, camera)
        yield from ("no longer listed" for key in then.cameras if key not in site.cameras and key not in self._moves)

    def _of_setups(self, was: CameraThen, camera: CameraThen) -> Iterator[str]:
        if was.known and not camera.known:
            yield "it is not known any more what they run"
        if camera.known and was.setup is not None and camera.setup is not None:
            words = self._change(was.setup, camera.setup)
            yield from [words] if words else []

    def _change(self, was: int, now: int) -> str:
        """In words; "" for none."""
        if (was, now) not in self._words:
            before, after = self._before.setups.all[was], self._after.setups.all[now]
            self._words[was, now] = "" if before == after else self._after.setups.change(before, after)
        return self._words[was, now]


def _server_name(site: SiteThen, camera: CameraThen) -> str:
    key = camera.server or ""
    return site.servers[key].name or key if key in site.servers else key


def _of_servers(then: SiteThen, site: SiteThen) -> Iterator[str]:
    for key, server in site.servers.items():
        was = then.servers.get(key)
        if was is None:
            yield "a new server"
        else:
            yield from _of_server(was, server)
    yield from ("a server is no longer listed" for key in then.servers if key not in site.servers)


def _of_server(was: ServerThen, server: ServerThen) -> Iterator[str]:
    if was.name and server.name and was.name != server.name:
        yield f"a server is renamed: {was.name} → {server.name}"
    pairs: dict[str, tuple[Any, Any]] = {
        "plugin": (was.plugin, server.plugin),
        "status of a server": (was.status, server.status),
    }
    for what, (old, new) in pairs.items():
        if old and new and old != new:
            yield f"{what} {old} → {new}"
