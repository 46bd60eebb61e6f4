# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the client sends with each operation, and what it reads of the answer: held against the live documents.

Fields inside of others are written with a dot; a step into the rows of an array has no sign of its own. ``a|b`` is read
under either name. Records are read without regard to case.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..._api.contract.lines import WIRE_NAMES
from ..._fleet.registry import MEMBERS

JSON = "application/json"
MULTIPART = "multipart/form-data"


@dataclass(frozen=True)
class Terms:
    """``sends``: in each request. ``may_send``: where the user gives the option. ``reads``: without the first of them
    nothing works. ``kinds``: what a field has to be. ``filters``: query parameters that the answer hangs on."""

    query: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    media: str = ""
    sends: tuple[str, ...] = ()
    may_send: tuple[str, ...] = ()
    answer: str = ""  # array | object | "" where it is not read
    reads: tuple[str, ...] = ()
    kinds: tuple[tuple[str, str], ...] = ()


PAGING = ("Limit", "Offset")
_NEW_MODEL = (
    "Name",
    "Customization",
    "InputDriver",
    "InputDriverDetails",
    "OutputDriver",
    "OutputDriverDetails",
    "EnableConversions",
    "Documentation",
)
_MODEL_OPTIONS = ("Alias", "SourceName", "SourceUrl", "Catalogues")
_PIPELINE = tuple(WIRE_NAMES.values())
_NAMED = ("UUID|ID", "Name")

TERMS: dict[str, Terms] = {
    "list_models": Terms(
        PAGING,
        ("Catalogue", "Customization"),
        answer="array",
        reads=("UUID", "Name", "Status", "Code", "Code.Status", "Documentation", "Catalogues", "UpdatedAt"),
        kinds=(("Code", "object"), ("Catalogues", "array")),
    ),
    "get_model": Terms(
        answer="object",
        reads=("UUID", "Name", "Status", "Code", "Documentation", "Catalogues", "UpdatedAt"),
        kinds=(("Code", "object"), ("Catalogues", "array")),
    ),
    "create_model": Terms(media=MULTIPART, sends=_NEW_MODEL, may_send=_MODEL_OPTIONS, answer="object", reads=("UUID",)),
    "update_model": Terms(media=MULTIPART, may_send=_NEW_MODEL + _MODEL_OPTIONS),
    "delete_model": Terms(),
    "list_catalogues": Terms(PAGING, answer="array", reads=("UUID", "Name", "Organisation")),
    "create_catalogue": Terms(media=JSON, sends=("Name",), answer="object", reads=("UUID",)),
    "rename_catalogue": Terms(media=JSON, sends=("Name",)),
    "delete_catalogue": Terms(),
    "list_sites": Terms(
        PAGING, answer="array", reads=("CloudSystemID|SystemID|UUID|ID", "Name", "UpdatedAt|LastUpdated")
    ),
    "list_servers": Terms(
        PAGING,
        answer="array",
        reads=("UUID|ID|ServerID|NxID", "Name", "Status", "AIPluginVersion|PluginVersion", "Supports.Pipelines"),
        kinds=(("Supports", "object"),),
    ),
    "list_devices": Terms(
        PAGING,
        answer="array",
        reads=("NxID", "Name", "Server", "Enabled", "nxAI.pipelines", *(f"nxAI.pipelines.{key}" for key in _PIPELINE)),
        kinds=(("Server", "object"), ("nxAI", "object"), ("nxAI.pipelines", "array")),
    ),
    "put_pipelines": Terms(
        media=JSON,
        sends=("Devices", "Functions", "Pipelines", *(f"Pipelines.{key}" for key in _PIPELINE)),
        kinds=(("Devices", "array"), ("Functions", "array"), ("Pipelines", "array")),
    ),
    "list_registry_devices": Terms(PAGING, answer="array", reads=_NAMED),
    "update_registry_device": Terms(media=JSON, sends=MEMBERS),
    "list_groups": Terms(PAGING, answer="array", reads=_NAMED),
    "join_group": Terms(media=JSON, sends=("Devices",)),
    "leave_group": Terms(),
}
