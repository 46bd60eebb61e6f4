# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verbs of the Device API: sites, servers, devices, and the assignment of pipelines."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from .._core.errors import NxaiError, Refused
from .._core.findings import Findings
from .._core.values import folded, identity
from .._http.operation import Operation
from .._http.transport import Transport
from .compute import ComputeApi
from .contract.contract import KNOWN, Contract, Row
from .contract.operations import (
    ELSEWHERE,
    JOIN_GROUP,
    LEAVE_GROUP,
    LIST_DEVICES,
    LIST_GROUPS,
    LIST_REGISTRY_DEVICES,
    LIST_SERVERS,
    LIST_SITES,
    PUT_PIPELINES,
    UPDATE_REGISTRY_DEVICE,
)
from .pages import all_pages
from .records.assignment import is_bare
from .records.following import lines_shown, read_of
from .records.listed import devices_listed, with_settings
from .records.pipeline import models_in, with_models, without_keys
from .records.records import Device, DeviceGroup, RegistryDevice, Server, Site, names_of_rows
from .records.spelling import RUNNING, Id, learn, learn_rows, own_id, spelled, spelled_models


class DeviceApi:
    """Errors are those of ``Transport.send`` and ``all_pages``."""

    def __init__(self, transport: Transport, contract: Contract = KNOWN) -> None:
        self._transport = transport
        self._contract = contract
        # Shapes of rows that mean "no pipelines" (see assignment.py): the contract's, and those proved since.
        self.no_pipelines: frozenset[str] = contract.no_pipelines
        self._plain_ids = False  # whether the ids of models are taken in their one form alone
        # Why the last listing of the sites, which was empty, does not say that there are none. "": it does.
        self.doubt_of_no_sites = ""
        self._warned = self._warned_of_others = self._warned_of_ids = False
        self._models: set[str] | None = None  # the ids of all models
        self._asking = threading.Lock()

    @property
    def findings(self) -> Findings:
        """What was learned of the service."""
        return self._transport.findings

    def list_sites(self) -> list[Site]:
        """All sites that the token may see, offline ones included; of the identity provider if they are only there.

        That there are none, an empty list says only where the identity provider lists none either.
        """
        self.doubt_of_no_sites = ""
        try:
            rows = self._list("site", LIST_SITES, {})
        except Refused as error:
            known = self._transport.sent_as(LIST_SITES)
            changed = (known.api, known.path) != (LIST_SITES.api, LIST_SITES.path)
            if error.status != 404 or changed or not self._transport.settings.cloud_url:
                raise
            rows = self._sites_of_cloud(error)
        return [Site.from_api(row) for row in rows or self._second_look()]

    def _sites_of_cloud(self, missing: Refused) -> list[Row]:
        other = ELSEWHERE[LIST_SITES.name]
        try:
            with self._transport.adapted(other):
                rows = self._list("site", LIST_SITES, {})
        except NxaiError as error:
            answer = f"{missing.answer}. {error.tried} was tried, too: {error.answer}"
            raise replace(missing, answer=answer) from None
        self._note_elsewhere("The sites are listed by the identity provider alone")
        return rows

    def _note_elsewhere(self, what: str) -> None:
        other = ELSEWHERE[LIST_SITES.name]
        lines = {"operations.list_sites.api": other.api, "operations.list_sites.path": other.path}
        self._transport.findings.note(what, lines)

    def _second_look(self) -> list[Row]:
        """After an empty list: what the identity provider lists, from then on at once; nothing if that fails."""
        known, other = self._transport.sent_as(LIST_SITES), ELSEWHERE[LIST_SITES.name]
        if (known.api, known.path) == (other.api, other.path):
            return []
        try:
            rows = self._witness()
        except NxaiError as error:
            self.doubt_of_no_sites = f"that of the identity provider cannot be read ({error.answer})"
            self._warn_of_no_sites()
            return []
        if rows:
            self._note_elsewhere("The service lists no site, and the identity provider does")
            with self._transport.adapted(other):
                return rows
        return []

    def _warn_of_no_sites(self) -> None:
        """Once: nothing else in a result would show it."""
        if not self._warned:
            self._warned = True
            what = f"The service lists no site, and {self.doubt_of_no_sites}. So there may be some all the same."
            self._transport.voice.warn(f"{what} {self._contract.hint('operations.list_sites.path')}")

    def _witness(self) -> list[Row]:
        """The sites as the identity provider lists them, by a name of its own: what is known of list_sites stays."""
        other = replace(ELSEWHERE[LIST_SITES.name], name="list_sites_of_cloud")
        rows = all_pages(lambda paging: self._transport.send(other, query=paging), 0, "site", self._contract)
        learn_rows(self._transport.findings, "site", rows)
        return rows

    def states_elsewhere(self) -> dict[str, bool | None]:
        """By the id of a site, whether it is on-line, as the identity provider says; nothing if it cannot be asked."""
        try:
            return {each.id: each.online for each in map(Site.from_api, self._witness()) if each.is_told}
        except NxaiError:
            return {}

    def list_servers(self, site_id: str) -> list[Server]:
        """All servers of a site; an offline site has none to show."""
        return [Server.from_api(row) for row in self._list("server", LIST_SERVERS, self._site(site_id))]

    def list_devices(self, site_id: str) -> list[Device]:
        """All devices of a site with their pipelines; an offline site has none to show."""
        rows = self._list("device", LIST_DEVICES, self._site(site_id))
        listed = devices_listed(self._devices_in(rows), self._contract, self._is_model)
        self._warn_of_shared_ids(listed)
        self._transport.findings.proved.update(lines_shown(read_of(listed)))
        found = self.as_known(listed)
        for device in found:
            learn(
                self._transport.findings, RUNNING, (model for each in device.assignment or () for model in each.models)
            )
        return found

    def list_devices_without_rows(self, site_id: str) -> list[Device]:
        """The same, for who keeps those of many sites: the rows are most of the memory that they take."""
        return [replace(each, raw={}) for each in self.list_devices(site_id)]

    def as_known(self, listed: Iterable[Device]) -> list[Device]:
        """The same devices, with what was proved since they were listed."""
        proved = self._transport.findings.proved
        return [with_settings(each, self._contract, proved).with_proof(self.no_pipelines) for each in listed]

    def _devices_in(self, rows: list[Row]) -> list[Row]:
        """Those with an NxID. What has none, and shows nothing of pipelines, is no device that any could be sent to."""
        devices = [row for row in rows if own_id(folded(row), ("nxid",)) or not is_bare(row)]
        if len(devices) in (0, len(rows)):
            return rows
        if not self._warned_of_others:
            self._warned_of_others = True
            what = (
                f"{len(rows) - len(devices)} of {len(rows)} rows of a site have no NxID, and are taken for no devices."
            )
            self._transport.voice.warn(f"{what} {self._contract.hint('fields.device.id')}")
        return devices

    def _warn_of_shared_ids(self, listed: Iterable[Device]) -> None:
        """Once, where the id that is read may be that of something else, such as of the server."""
        same: dict[str, list[Device]] = {}
        for each in listed:
            same.setdefault(each.id, []).append(each)
        shared = next((key for key, rows in same.items() if len(rows) > 1 and names_of_rows(rows) > 1), None)
        if shared and not self._warned_of_ids:
            self._warned_of_ids = True
            what = f"A site lists {len(same[shared])} rows with the NxID {shared} and names that differ."
            self._transport.voice.warn(
                f"{what} So it is not known what runs there. {self._contract.hint('fields.device.id')}"
            )

    def _is_model(self, model: str) -> bool:
        """Whether an id that is no UUID is one of a model, and no name or so. Models are listed for that, once."""
        with self._asking:
            if self._models is None:
                compute = ComputeApi(self._transport, self._contract)
                try:
                    self._models = {each.uuid for each in compute.list_own_and_available()}
                except NxaiError:
                    self._models = set()
        return model in self._models

    def put_pipelines(
        self, site_id: str, device_ids: Iterable[Id], functions: Iterable[str], pipelines: Iterable[Mapping[str, Any]]
    ) -> None:
        """Replace everything that these devices had by ``pipelines`` (``Pipeline.to_sent``).

        ``device_ids`` go out as they are: give them as listed. ``functions`` are the UUIDs of the models used.
        The service answers before the devices have changed, and its answer says nothing of use: read the devices again.
        """
        device_ids, functions, pipelines = [*device_ids], [*functions], [*pipelines]
        plain_ids = [with_models(each, identity) for each in pipelines]
        written = [spelled_models(self._transport.findings, each) for each in pipelines]
        if self._plain_ids or written == plain_ids:
            self._put(site_id, device_ids, functions, plain_ids)
            return
        try:
            self._put(site_id, device_ids, functions, written)
        except Refused as error:
            if error.status not in (400, 422):
                raise
            self._put_plain(error, site_id, device_ids, functions, plain_ids)

    def _put_plain(self, refusal: Refused, *request: Any) -> None:
        """The same with the ids of models in their one form, where those in the form that devices show are refused."""
        try:
            self._put(*request)
        except Refused:
            raise refusal from None
        self._plain_ids = True

    def _put(
        self, site_id: str, device_ids: Iterable[Id], functions: Iterable[str], written: list[dict[str, Any]]
    ) -> None:
        known, otherwise = self._contract.outgoing, self._contract.assignment
        named = {identity(model): model for model in models_in(written)}
        body: dict[str, Any] = {
            "Devices": list(device_ids),
            "Functions": [named.get(identity(each), each) for each in functions],
            "Pipelines": [known("pipeline", without_keys(each, otherwise.read_only)) for each in written],
        }
        body = {**otherwise.extra, **known("assignment", body)}
        if otherwise.site:
            body.setdefault(otherwise.site, spelled(self._transport.findings, "site", site_id))
        self._transport.send(PUT_PIPELINES, path=self._site(site_id), json=[body] if otherwise.as_list else body)

    def site_as_sent(self, site_id: str) -> str:
        """A site's id as it goes out: as it was listed."""
        return str(spelled(self._transport.findings, "site", site_id))

    def _site(self, site_id: str) -> dict[str, str]:
        return {"site_id": self.site_as_sent(site_id)}

    @property
    def devices_at_once(self) -> int:
        """How many devices one ``put_pipelines`` may be for; 0 for any number."""
        return self._contract.assignment.devices_at_once

    def takes_at_once(self, devices: int) -> None:
        """Say that so many were found to be taken, and more were not."""
        lines = {"assignment.devices_at_once": devices}
        self._transport.findings.note("The service takes a few devices at a time alone", lines)

    # The registry of the time before Nx sites

    def list_registry_devices(self) -> list[RegistryDevice]:
        return [RegistryDevice.from_api(row) for row in self._list("registry_device", LIST_REGISTRY_DEVICES, {})]

    def update_registry_device(self, uuid: str, data: Mapping[str, Any]) -> None:
        """``data`` holds Name, Runtime, Serial and Type: the official client sends all of them."""
        self._transport.send(
            UPDATE_REGISTRY_DEVICE, path={"uuid": uuid}, json=self._contract.outgoing("registry_device", data)
        )

    def list_groups(self) -> list[DeviceGroup]:
        return [DeviceGroup.from_api(row) for row in self._list("group", LIST_GROUPS, {})]

    def join_group(self, group: str, uuids: Iterable[str]) -> None:
        body = self._contract.outgoing("group", {"Devices": list(uuids)})
        self._transport.send(JOIN_GROUP, path={"uuid": group}, json=body)

    def leave_group(self, group: str, uuid: str) -> None:
        self._transport.send(LEAVE_GROUP, path={"uuid": uuid, "group": group})

    def says_not_applicable(self, error: NxaiError) -> bool:
        """Whether the refusal of ``put_pipelines`` says that no device can take pipelines."""
        return self._contract.is_not_applicable(error)

    def _list(self, record: str, operation: Operation, path: dict[str, str]) -> list[Row]:
        rows = all_pages(
            lambda paging: self._transport.send(operation, path=path, query=paging),
            self._transport.sent_as(operation).page_size,
            record,
            self._contract,
            self._transport.findings,
        )
        if record == "site":
            learn_rows(self._transport.findings, record, rows)
        return rows
