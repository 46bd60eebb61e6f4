# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The camera of the second stage: which one is meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .._api.records.listed import devices_listed, with_settings
from .._api.records.records import Device, Site, normalise_nxid
from .._core.errors import BadInput, NxaiError
from .._core.wording import shortened
from .._engine.lookup import Index
from .inference.draft import Draft
from .inference.records import Row
from .read import Seen
from .session import Session

TRIED = "Prove how pipelines are written"


@dataclass(frozen=True)
class Camera:
    site: Site
    row: Row  # raw

    def device(self, draft: Draft) -> Device:
        contract = draft.contract
        (device,) = devices_listed(contract.known("device", [self.row]), contract)
        return with_settings(device, contract).with_proof(contract.no_pipelines)


class Finder:
    """``wanted`` is an NxID, ``site`` the name or id of its site, or None."""

    def __init__(self, session: Session, seen: Seen, wanted: str, site: str | None) -> None:
        self._session = session
        self._seen = seen
        self._wanted = wanted
        self._site = site

    def find(self) -> Camera:
        wanted, site = normalise_nxid(self._wanted), self._site
        found = [each for each in self._cameras(site) if each.device(self._session.draft).id == wanted]
        found = [each for place, each in enumerate(found) if each not in found[:place]]  # a row may come twice
        if len(found) == 1:
            return found[0]
        if found and len({each.site.id for each in found}) == 1:
            answer = "its site lists it several times, each time otherwise"
            raise BadInput(TRIED, answer, "Choose another camera.")
        where = f"at the site {site}" if site else "at any site that can be read"
        if not found:
            advice = self._by_name(site) or "Correct first_contact_device."
            raise BadInput(TRIED, f"there is no camera with the NxID {wanted} {where}", advice)
        sites = ", ".join(each.site.label for each in found)
        advice = "Say which one with first_contact_site."
        raise BadInput(TRIED, f"{len(found)} sites have a camera with the NxID {wanted}: {sites}", advice)

    def _by_name(self, site: str | None) -> str:
        """The NxIDs of the cameras that have the name which was given in place of one."""
        name, draft = self._wanted.strip().lower(), self._session.draft
        named = [each for each in self._cameras(site) if each.device(draft).name.strip().lower() == name]
        some = [f"{each.device(draft).nxid} (site {each.site.label})" for each in named]
        return f"Give an NxID. Of that name there is {shortened(some)}." if some else ""

    def _cameras(self, wanted: str | None) -> Iterator[Camera]:
        session, contract = self._session, self._session.draft.contract
        sites = [Site.from_api(row) for row in contract.known("site", self._seen.rows.get("site", []))]
        if wanted:
            sites = [Index(sites, "site").find(wanted)]
        for site in sites:
            try:
                rows = session.rows(session.draft, "list_devices", "device", {"site_id": site.id}, {})
            except NxaiError:
                if wanted:
                    raise
                continue
            yield from (Camera(site, row) for row in rows if self._is_readable(row))

    def _is_readable(self, row: Row) -> bool:
        try:
            return bool(Camera(Site.from_api({"id": "x"}), row).device(self._session.draft).id)
        except NxaiError:
            return False
