# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each line of the contract is used: as it is known, and as a file says otherwise. A line that nothing reads fails."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.cloud import Party
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.contract import KNOWN
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.file import contract_of
from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.lines import (
    LINES,
    RECORDS,
    WORDS,
    WORDS_OF,
    names_of,
)
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.pipeline import Pipeline, without_keys
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import (
    Catalogue,
    Device,
    DeviceGroup,
    Model,
    Organisation,
    RegistryDevice,
    Server,
    Site,
)
from ansible_collections.nxai.cloud.plugins.module_utils._connection.settings import Settings
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Refused
from ansible_collections.nxai.cloud.plugins.module_utils._core.values import folded
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.places import servers
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.seen import Seen
from ansible_collections.nxai.cloud.plugins.module_utils._fleet.information import _server
from ansible_collections.nxai.cloud.plugins.module_utils._models.fields import describe_model

ID = "459d2273-1514-431c-9d34-f5b72f3bfe20"
OTHER = "7b65bdda-39da-4259-b1bf-b0d1dbb7b162"
SITE = Site.from_api({"UUID": ID, "Name": "S"})


class Organisations:
    """As the other records: from a row alone."""

    @staticmethod
    def from_api(row: Any) -> Party:
        return Party.from_api(row, "organisation")


KINDS: dict[str, Any] = {
    "organisation": Organisations, "channel_partner": Organisations,
    "model": Model, "catalogue": Catalogue, "site": Site, "server": Server, "device": Device,
    "registry_device": RegistryDevice, "group": DeviceGroup,
}  # fmt: skip


def row_of(path: str, value: Any) -> dict[str, Any]:
    for step in reversed(path.split(".")):
        value = {step: value}
    assert isinstance(value, dict)
    return value


def keys(section: str) -> list[str]:
    return [key for key in LINES if key.startswith(f"{section}.")]


VALUES: dict[str, Any] = {
    **{key: [OTHER] for key in ("catalogues", "groups", "devices")},
    **{key: {"UUID": OTHER} for key in ("organisation", "server")},
    **dict.fromkeys(("online", "supports_pipelines", "licensed", "enabled"), True),
    **dict.fromkeys(("size", "height", "width"), 7),
    **{key: {"more": 1} for key in ("input_details", "output_details")},
    **{key: ["x"] for key in ("conversions", "preprocessors", "postprocessors")},
    **{key: [1.5] for key in ("means", "scales")},
    **{key: [{"x": 1}] for key in ("downloads", "chains", "pipelines")},
    "shared_with": [{"UUID": OTHER}],
    "status": "online",
    "channels": 3,
    "layout": 1,
    "nms": 0.3,
    "resizing_method": "Stretch",
}
SHOWN = {"layout": "nhwc", "resizing_method": "stretch"}


def seen_of(record: str, field: str, row: Any) -> Any:
    """What the collection makes of a field, by whoever reads it."""
    if record == "reference":
        return getattr(Organisation.from_api(row), field)
    if record == "pipeline":
        return Pipeline(row).to_option()[field]
    made = KINDS[record].from_api(row)
    if field == "organisation" or field == "server":
        return {"UUID": getattr(made, field).id}
    if field == "shared_with":
        return [{"UUID": each.id} for each in made.shared_with or ()]
    if field == "catalogues":
        return list(made.catalogue_uuids)
    if field in ("groups", "devices"):
        return list(getattr(made, field) or ())
    if record == "site" and field == "status":
        return {True: "online", False: "offline", None: None}[made.online]
    if field == "conversion_log":
        return made.conversion_log
    if record == "model" and field in describe_model(made) and not hasattr(made, field):
        return describe_model(made)[field]
    if record == "server" and not hasattr(made, field):
        return _server(made, SITE)[field]
    if hasattr(made, field) and field not in ("id", "pipelines"):
        return getattr(made, field)
    if field == "id":
        return getattr(made, "uuid", "") or made.id.strip("{}")
    value: Any = made.raw  # read by name, by those who need it
    for step in RECORDS[record][field].default[0].lower().split("."):
        value = folded(value)[step]
    return value


READ = [key for key in keys("fields") if key.split(".")[1] not in ("answer", "assignment")]


@pytest.mark.parametrize("key", READ)
def test_a_line_of_a_field_that_comes_in(key: str) -> None:
    _section, record, field = key.split(".")
    value = OTHER if field in ("id", "model") else VALUES.get(field, "some text")
    base = {} if field == "id" else row_of(RECORDS.get(record, {}).get("id", LINES["fields.model.id"]).default[0], ID)
    wanted = SHOWN.get(field, value)
    for place in LINES[key].default:
        assert seen_of(record, field, {**base, **row_of(place, value)}) == wanted, place
    contract = contract_of({"fields": {record: {field: ["gone", "In-side.The_Place"]}}})
    [known] = contract.known(record, [{**base, "inside": {"thePlace": value, "beside": 5}}])
    assert seen_of(record, field, known) == wanted
    assert known["inside"] == {"beside": 5}
    [unknown] = contract.known(record, [{**base, **row_of(LINES[key].default[0], value)}])
    assert unknown["(not read)"] == {LINES[key].default[0]: value}


def test_the_lines_of_answers() -> None:
    wrapped = contract_of({"fields": {"answer": {"rows": ["Items", "data.rows"], "total": ["X-Total", "Meta.Total"]}}})
    answer: Any = type("Answer", (), {"headers": {}, "data": {"data": {"rows": [1]}, "meta": {"total": 5}}})
    assert wrapped.rows(answer.data) == [1] and wrapped.total(answer) == 5
    assert KNOWN.rows(answer.data) is None and KNOWN.rows([1]) == [1] and KNOWN.total(answer) is None
    answer.headers = {"X-Total": " 7 ", "X-Pagination-Records": "8"}
    assert wrapped.total(answer) == 7 and KNOWN.total(answer) == 8
    made = contract_of({"fields": {"answer": {"created": ["gone", "made.id"]}}})
    assert (KNOWN.created({"UUID": ID.upper()}), made.created({"Made": {"Id": OTHER}})) == (ID, OTHER)
    assert KNOWN.created([ID]) is None and contract_of({"fields": {"answer": {"created": ""}}}).created(ID) == ID


def state_of(meaning: str, contract: Any, word: str) -> bool:
    """Whether the collection takes a word for what it should mean."""
    if meaning in WORDS_OF["model"]:
        for place in ("Status", "Code"):
            row = {"UUID": ID, "Status": "ok", "Code": {"Status": "ok"}}
            row[place] = {"Status": word} if place == "Code" else word
            if Model.from_api(contract.known("model", [row])[0]).state != meaning:
                return False
        return True
    if meaning in WORDS_OF["site"]:
        rows = [{"UUID": ID, name: word} for name in (*names_of("site", "status"), "Online")]
        known = rows[:2] if word.lower() in WORDS[meaning][0] else rows  # a bare word at Online is read by a file only
        return all(Site.from_api(row).online is (meaning == "online") for row in contract.known("site", known))
    if meaning == "running":
        server = Server.from_api(contract.known("server", [{"UUID": ID, "Status": word}])[0])
        return not list(servers(Seen(settings=Settings(), servers=[(SITE, server)])))
    refusal = Refused("PUT", f"HTTP 422: there is {word} here", status=422)
    return bool(contract.is_not_applicable(refusal)) and not contract.is_not_applicable(
        Refused("PUT", word, status=500)
    )


@pytest.mark.parametrize("meaning", WORDS)
def test_a_line_of_words(meaning: str) -> None:
    for word in WORDS[meaning][0]:
        assert state_of(meaning, KNOWN, word) and state_of(
            meaning, contract_of({"words": {meaning: ["zz"]}}), word.upper()
        )
    new = contract_of({"words": {meaning: ["Zz yy"]}})
    assert state_of(meaning, new, "zz YY")
    assert meaning == "pending" or not state_of(meaning, KNOWN, "zz yy")


def test_a_known_word_can_have_another_meaning() -> None:
    contract = contract_of({"words": {"pending": ["error"], "failed": ["ok"]}})
    states = [
        Model.from_api(contract.known("model", [{"UUID": ID, "Status": word}])[0]).state for word in ("ERROR", "Ok")
    ]
    assert states == ["pending", "failed"]


def test_the_line_of_shapes_without_pipelines() -> None:
    assert contract_of({"no_pipelines": ["Name: text", "b"]}).no_pipelines == {"Name: text", "b"}
    assert KNOWN.no_pipelines == frozenset()


def test_the_lines_of_an_assignment_beside_those_of_calls() -> None:
    """How it is sent is tested with the calls."""
    contract = contract_of({"assignment": {"devices_at_once": 7, "read_only": ["Status", "model_name"]}})
    assert (contract.assignment.devices_at_once, KNOWN.assignment.devices_at_once) == (7, 0)
    keys = contract.assignment.read_only
    row = {"NxID": ID, "nxAI": {"pipelines": [{"modelUUID": ID, "status": 1, "chains": [{"modelName": "x", "a": 1}]}]}}
    device = Device.from_api(row)
    (pipeline,) = device.without(keys).assignment or ()
    assert pipeline.to_wire() == {"modelUUID": ID, "chains": [{"a": 1}]}
    assert device.without(()) is device and device.raw is row
    assert without_keys({"Status": 1, "UserSettings": {"Status": 2}}, keys) == {"UserSettings": {"Status": 2}}


def test_no_line_is_left_out() -> None:
    """Those of operations, fields and words are tested by the table, the others by name."""
    by_name = {
        "auth.scheme",
        "auth.token_request",
        "auth.token_on_writes",
        "auth.scope",
        "auth.act_as",
        "upload.data",
        "upload.file",
        "upload.extra",
        "upload.create_body",
        "upload.change_body",
        "upload.json_file",
        "upload.catalogues",
        "catalogue.extra",
        "assignment.devices_at_once",
        "assignment.as_list",
        "assignment.extra",
        "assignment.if_match",
        "assignment.site",
        "assignment.read_only",
        "assignment.left_out",
        "assignment.shown_whole",
    }
    rest = {key for key in LINES if key.partition(".")[0] not in ("operations", "fields", "words")}
    assert rest == by_name | {"no_pipelines"}
    assert {key for key in keys("fields") if key not in READ} == {
        "fields.answer.rows", "fields.answer.total", "fields.answer.next", "fields.answer.created",
        *(key for key in keys("fields") if key.startswith("fields.assignment.")),
    }  # fmt: skip
