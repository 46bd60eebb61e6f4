# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lines of the contract: all that the collection relies on of the API, with how sure it is. A file can change each.

The tables in docs/api.md are made of this. Lines of the operations come from the table in ``operations``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from ..._http.multipart import FORMS
from ..._http.operation import CHANGING, Evidence, Operation, relied_on
from .operations import OPERATIONS

# The keys of a pipeline, by the options that they are for.
WIRE_NAMES = {
    "model": "modelUUID",
    "nms": "modelNMS",
    "resizing_method": "resizingMethod",
    "preprocessor": "Preprocessor",
    "postprocessor": "Postprocessor",
    "chains": "chains",
}
# Those that every new pipeline is given, or that may hold others: a service may not show them.
HIDEABLE = ("modelNMS", "resizingMethod", "chains")
_HIDEABLE = ", ".join(f"`{each}`" for each in HIDEABLE)


@dataclass(frozen=True)
class Line:
    """``key``: its place in the contract file. ``sent``: a field that goes out, too. Its first place is the one."""

    key: str
    default: Any
    evidence: Evidence
    meaning: str
    sent: bool = False


Place: TypeAlias = "str | tuple[str, ...]"  # dotted paths: of a tuple, the first that is there
Told = tuple[Place, Evidence, str]

# What the records hold. Names are compared without regard to case, "_" and "-".
_READ: dict[str, dict[str, Told]] = {
    "answer": {
        "rows": ("", "observed", "the list in the answer to a listing; empty: the answer itself"),
        "total": (
            "X-Pagination-Records",
            "documented",
            "the number of all rows: a header, or a place in the answer; empty: none is to be believed",
        ),
        "next": ("Link", "inferred", "what leads to the next page: a header, or a place in the answer; see paging"),
        "created": ("UUID", "client", "the UUID of what was created, in the answer"),
    },
    "model": {
        "id": (("UUID", "ID"), "observed", "its UUID; `ID` is a guess"),
        "status": ("Status", "observed", "the state of the record, see words"),
        "code_status": ("Code.Status", "observed", "the state of its code, see words"),
        "cdn_uri": ("Code.CDNURI", "observed", "where devices fetch it"),
        "organisation": ("Organisation", "inferred", "whom it belongs to"),
        "size": (("Size", "FileSize", "File_Size", "Bytes", "ContentLength"), "inferred", "bytes of the file"),
        "updated_at": ("UpdatedAt", "documented", "when it was changed"),
        "conversion_log": (("ConversionLog", "Log", "Code.ConversionLog", "Code.Log"), "inferred", "why it failed"),
        "downloads": ("Downloads", "documented", "its files, each with a MIME type"),
    },
    "catalogue": {
        "id": (("UUID", "ID"), "documented", "its UUID; `ID` is a guess"),
        "organisation": ("Organisation", "documented", "whom it belongs to"),
        "shared_with": (("Organisations", "SharedWith"), "inferred", "the organisations that may use it"),
    },
    "site": {
        "id": (("CloudSystemID", "SystemID", "UUID", "ID"), "inferred", "the cloud system id"),
        "name": ("Name", "inferred", "its name"),
        "online": ("Online", "inferred", "whether it is online"),
        "status": (("Status", "StateOfHealth"), "inferred", "the same as a word, see words"),
        "organisation": ("Organisation", "inferred", "whom it belongs to"),
        "version": ("Version", "inferred", "the version of the system"),
        "updated_at": (("UpdatedAt", "LastUpdated"), "inferred", "when it was last seen; the zero time: off-line"),
    },
    "server": {
        "id": (("UUID", "ID", "ServerID", "NxID"), "inferred", "its UUID"),
        "name": ("Name", "observed", "its name"),
        "status": ("Status", "observed", "its state, see words"),
        "version": ("Version", "inferred", "the version of the server"),
        "plugin_version": (("AIPluginVersion", "PluginVersion"), "observed", "the version of the AI plugin"),
        "runtime": ("Runtime", "inferred", "what runs models there"),
        "supports_pipelines": ("Supports.Pipelines", "observed", "whether its plugin takes pipelines"),
        "platform": ("Platform", "inferred", "its platform"),
        "os": ("OS", "inferred", "its operating system"),
        "os_version": ("OSVersion", "inferred", "the version of that"),
        "licensed": ("Licensed", "inferred", "whether the plugin is licensed"),
        "preprocessors": ("Preprocessors", "inferred", "the names of preprocessors that it offers"),
        "postprocessors": ("Postprocessors", "inferred", "the names of postprocessors that it offers"),
    },
    "device": {
        "id": ("NxID", "observed", "its NxID, with braces"),
        "name": ("Name", "observed", "its name"),
        "server": ("Server", "observed", "the server that it is on"),
        "enabled": ("Enabled", "inferred", "whether it is enabled"),
        "group": ("Group", "inferred", "the group that the portal shows"),
        "pipelines": ("nxAI.pipelines", "observed", "what is assigned to it"),
    },
    "registry_device": {
        "id": (("UUID", "ID"), "client", "its UUID"),
        "groups": ("Groups", "inferred", "the groups that it is in"),
    },
    "group": {
        "id": (("UUID", "ID"), "client", "its UUID"),
        "name": ("Name", "client", "its name"),
    },
    "organisation": {
        "id": (("ID", "UUID"), "client", "the UUID to act for it by"),
        "name": ("Name", "client", "its name"),
    },
    "channel_partner": {
        "id": (("ID", "UUID"), "client", "the UUID to act for it by"),
        "name": ("Name", "client", "its name"),
    },
    "reference": {
        "id": (("UUID", "ID"), "documented", "the UUID of an organisation or catalogue that another record names"),
        "name": ("Name", "documented", "its name"),
    },
}
_SENT: dict[str, dict[str, Told]] = {
    "model": {
        "name": ("Name", "observed", "its name"),
        "documentation": ("Documentation", "client", "Markdown; the collection keeps its mark there"),
        "catalogues": ("Catalogues", "inferred", "the catalogues that it is in, by UUID"),
        "alias": ("Alias", "client", "another name"),
        "customization": ("Customization", "client", "the brand"),
        "input_driver": ("InputDriver", "client", "what kind of input it takes"),
        "input_details": ("InputDriverDetails", "client", "the input in detail"),
        "channels": ("InputDriverDetails.channels", "client", "colour channels"),
        "height": ("InputDriverDetails.height", "client", "rows of the input"),
        "width": ("InputDriverDetails.width", "client", "columns of the input"),
        "means": ("InputDriverDetails.means", "client", "what is taken from each channel"),
        "scales": ("InputDriverDetails.vars", "inferred", "what each channel is divided by"),
        "layout": ("InputDriverDetails.order", "documented", "0 for NCHW, 1 for NHWC"),
        "output_driver": ("OutputDriver", "client", "what kind of output it gives"),
        "output_details": ("OutputDriverDetails", "client", "the output in detail"),
        "conversions": ("EnableConversions", "client", "conversions beside those that are always run"),
        "source_name": ("SourceName", "client", "where it comes from"),
        "source_url": ("SourceUrl", "client", "the address of that"),
    },
    "catalogue": {"name": ("Name", "documented", "its name")},
    "pipeline": {
        "model": (WIRE_NAMES["model"], "observed", "the UUID of the model"),
        "nms": (WIRE_NAMES["nms"], "observed", "the threshold; its range of 0 to 1 is inferred"),
        "resizing_method": (
            WIRE_NAMES["resizing_method"],
            "observed",
            "`Letterbox`; that others are spelled `Stretch` and `Crop` is inferred",
        ),
        "preprocessor": (WIRE_NAMES["preprocessor"], "observed", "a name, or the empty string"),
        "postprocessor": (WIRE_NAMES["postprocessor"], "observed", "a name, or the empty string"),
        "chains": (WIRE_NAMES["chains"], "observed", "a list; only the empty one was seen"),
    },
    "assignment": {
        "devices": ("Devices", "observed", "the NxIDs of the devices, with braces"),
        "functions": ("Functions", "observed", "the models used; that chained ones count is inferred"),
        "pipelines": ("Pipelines", "observed", "what each of them gets"),
    },
    "registry_device": {
        "name": ("Name", "client", "its name"),
        "runtime": ("Runtime", "client", "its runtime, sent back as it was"),
        "serial": ("Serial", "client", "its serial number, sent back as it was"),
        "type": ("Type", "client", "its type, sent back as it was"),
    },
    "group": {"devices": ("Devices", "client", "the devices in it")},
}
# In lower case. What the records say is the first of each.
WORDS: dict[str, tuple[tuple[str, ...], Evidence, str]] = {
    "ready": (("ok",), "observed", "a model, or its code, is converted"),
    "failed": (("failed", "error", "rejected"), "inferred", "its conversion failed"),
    "pending": (
        ("pending", "new", "processing", "uploading", "queued", "downloading"),
        "observed",
        "not yet; any other word counts as this, too",
    ),
    "online": (("online",), "inferred", "a site is online"),
    "offline": (("offline",), "inferred", "a site is off-line"),
    "running": (("running", "online", "ok", "active"), "observed", "a server is well"),
    "not_applicable": (
        ("applicable",),
        "observed",
        "in the message of a 400, 409 or 422: no device can take pipelines",
    ),
}
# A word has one meaning for one thing.
WORDS_OF: dict[str, tuple[str, ...]] = {
    "model": ("ready", "failed", "pending"),
    "site": ("online", "offline"),
    "server": ("running",),
    "refusal": ("not_applicable",),
}
CHOICES: dict[str, tuple[str, ...]] = {
    "auth.scheme": ("bearer", "raw", "bearer_jwt"),
    "auth.token_request": ("json", "form"),
    "auth.token_on_writes": ("access", "refresh"),
    "upload.create_body": FORMS,
    "upload.change_body": FORMS,
    "upload.catalogues": ("uuids", "objects"),
}
_OTHERS = (
    Line("auth.scheme", "bearer", "documented", "`bearer`, `raw` (the token alone) or `bearer_jwt` (without `nxcdb-`)"),
    Line("auth.token_request", "json", "client", "`json` or `form`: how the identity provider is asked for a token"),
    Line(
        "auth.scope",
        "",
        "inferred",
        "`scope` of the request for a token; the option token_scope goes before it",
    ),
    Line("auth.act_as", {}, "inferred", "`kind` and `id`, where nothing works without; the option goes before it"),
    Line("auth.token_on_writes", "access", "inferred", "`access` or `refresh`: which token signs what writes"),
    Line("upload.data", "data", "client", "the part of an upload that holds the members of the model as JSON"),
    Line("upload.file", "file", "client", "the part of an upload that holds the file"),
    Line("upload.extra", {}, "inferred", "further members of each new model"),
    Line(
        "upload.create_body",
        "multipart",
        "client",
        "how one is created: `multipart`, `multipart_json` (the part with the members says that it is JSON) or `json`",
    ),
    Line("upload.change_body", "multipart", "client", "the same of a change"),
    Line("upload.json_file", "OnnxModel", "inferred", "the member of such JSON that holds the file as base64"),
    Line(
        "upload.catalogues", "uuids", "inferred", "`uuids`, or `objects` where each has to be an object with its UUID"
    ),
    Line("catalogue.extra", {}, "inferred", "further members of each new catalogue"),
    Line("assignment.devices_at_once", 0, "inferred", "how many devices one request may be for; 0: any number"),
    Line("assignment.as_list", False, "observed", "whether the request is a list, with what is known as its element"),
    Line("assignment.extra", {}, "inferred", "further members of the request"),
    Line("assignment.site", "", "inferred", "a member of the request that holds the id of the site, beside the path"),
    Line("assignment.if_match", False, "inferred", "whether it is sent with `If-Match: *`"),
    Line("assignment.read_only", (), "inferred", "keys of pipelines that the service shows by itself; never sent back"),
    Line("assignment.left_out", (), "inferred", f"keys that pipelines do not show where they have none: {_HIDEABLE}"),
    Line(
        "assignment.shown_whole",
        (),
        "inferred",
        "such that are shown as they are, though named like secrets",
    ),
    Line("no_pipelines", (), "inferred", "shapes of device rows that were proved to mean that nothing is assigned"),
)
PARAMETERS: dict[str, tuple[Evidence, str]] = {
    "Limit": ("observed", "how many rows are wanted"),
    "Offset": ("inferred", "how many rows come before them"),
    "Catalogue": ("observed", "only the models of this catalogue; the zero UUID: all that are available"),
    "Customization": ("observed", "the brand, beside Catalogue"),
}


def _of_operation(operation: Operation) -> Iterator[Line]:
    begin, evidence = f"operations.{operation.name}", operation.evidence
    yield Line(f"{begin}.path", operation.path, evidence, "below the API")
    if operation.method in CHANGING:  # the others stay what they are
        yield Line(f"{begin}.method", operation.method, evidence, "POST, PUT and PATCH can take each other's place")
    if operation.method == "GET" and operation.signed:
        yield Line(f"{begin}.api", operation.api, evidence, "compute, device or cloud")
    for name in operation.query:
        yield Line(f"{begin}.query.{name}", operation.spelling.get(name, name), *PARAMETERS[name])
    if operation.replaces is not None:
        meaning = (
            "`true`: what is not sent gets its default, so a change is sent with all that is understood of the model"
        )
        yield Line(f"{begin}.replaces", operation.replaces, "inferred", meaning)
    if operation.pages:
        meaning = "how many rows are asked for at once; 0: all come at once"
        yield Line(f"{begin}.page_size", operation.page_size, "inferred", meaning)
        meaning = "what Offset counts: `rows`, `pages` (from 1), `pages_from_0`; or `cursor`: it carries `answer.next`"
        yield Line(f"{begin}.paging", operation.paging, "inferred", meaning)


def _of_record(record: str) -> Iterator[Line]:
    for table, sent in ((_READ, False), (_SENT, True)):
        for name, (place, evidence, meaning) in table.get(record, {}).items():
            places = (place,) if isinstance(place, str) else place
            yield Line(f"fields.{record}.{name}", places, evidence, meaning, sent)


LINES: dict[str, Line] = {
    line.key: line
    for line in (
        *(line for operation in OPERATIONS.values() for line in _of_operation(operation)),
        *(line for record in {**_READ, **_SENT} for line in _of_record(record)),
        *(Line(f"words.{name}", *told) for name, told in WORDS.items()),
        *_OTHERS,
    )
}
RECORDS: dict[str, dict[str, Line]] = {}  # each field of each record
for _line in LINES.values():
    if _line.key.startswith("fields."):
        _record, _field = _line.key.split(".")[1:]
        RECORDS.setdefault(_record, {})[_field] = _line


def hint(key: str) -> str:
    """For the end of an error's advice: that it relied on this line as the collection has it."""
    return relied_on(key, LINES[key].evidence)


@cache
def names_of(record: str, field: str) -> tuple[str, ...]:
    """The known names of a field, in lower case, as ``folded`` rows have them; of one inside of others the last."""
    return tuple(place.lower().rpartition(".")[2] for place in RECORDS[record][field].default)
