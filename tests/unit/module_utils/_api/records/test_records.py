# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.file_mark import (
    FileMark,
    join_documentation,
    split_documentation,
)
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.pipeline import Pipeline
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import (
    Catalogue,
    Device,
    Model,
    Organisation,
    Server,
    Site,
    normalise_nxid,
)
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Unexpected
from ansible_collections.nxai.cloud.plugins.module_utils._core.values import folded
from ansible_collections.nxai.cloud.plugins.module_utils._models.fields import describe_model

UUID = "459d2273-1514-431c-9d34-f5b72f3bfe20"
OTHER = "7b65bdda-39da-4259-b1bf-b0d1dbb7b162"
MARK = FileMark("ab" * 32, 1234)
HOSTILE = [
    *[None, True, False, 0, -1, 1.5, float("inf"), 10**400, "", "text", "\ud800", "{{ 7*7 }}", "../../x"],
    *[[], [None], [[]], [{}], {}, {"": None}, {"UUID": 5}, {"pipelines": "x"}, {"pipelines": [1, None]}],
]
FIELDS = [
    "Name", "Status", "Code", "Documentation", "Catalogues", "Size", "UpdatedAt", "Organisation", "Online", "Version",
    "Server", "nxAI", "Enabled", "Supports", "AIPluginVersion", "Runtime",
]  # fmt: skip
IDS = {Model: "UUID", Catalogue: "UUID", Site: "UUID", Server: "UUID", Device: "NxID"}


@pytest.mark.parametrize("kind", IDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:20])
def test_no_value_of_any_field_is_a_traceback(kind, value):
    for name in FIELDS:
        raw = {IDS[kind]: UUID, name: value}
        record = kind.from_api(raw)
        assert record.raw is raw
        assert isinstance(record.name, str)
        repr(record).encode()
    everything = kind.from_api({IDS[kind]: UUID, **dict.fromkeys(FIELDS, value)})
    assert getattr(everything, "uuid", None) or everything.id.strip("{}") == UUID


@pytest.mark.parametrize("kind", IDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("value", [None, True, 0, -5, 5.0, "", [], {}, [UUID]], ids=repr)
def test_a_record_without_its_id_is_an_error(kind, value):
    with pytest.raises(Unexpected, match=f"a {kind.__name__.lower()} in"):
        kind.from_api({IDS[kind]: value, "Name": "x"})
    with pytest.raises(Unexpected):
        kind.from_api({"Name": "x"})


def test_a_model_as_the_portal_shows_it():
    model = Model.from_api(
        {
            "UUID": UUID.upper(),
            "Name": "Faces",
            "Status": "ok",
            "Code": {"Status": "ok", "CDNURI": "https://cdn.example.com/x"},
            "Documentation": "# Faces",
            "Catalogues": [OTHER.upper(), {"ID": f"{{{UUID}}}", "Name": "Demo"}],
            "UpdatedAt": "2026-01-02T03:04:05Z",
            "FileSize": 156672,
        }
    )
    assert (model.uuid, model.name, model.status, model.code_status) == (UUID, "Faces", "ok", "ok")
    assert model.cdn_uri == "https://cdn.example.com/x"
    assert model.catalogue_uuids == (OTHER, UUID) == tuple(describe_model(model)["catalogues"])
    assert (model.size, model.updated_at, model.digest) == (156672, "2026-01-02T03:04:05Z", None)


@pytest.mark.parametrize(
    ("record", "state"),
    [
        ({"Status": "ok", "Code": {"Status": "ok"}}, "ready"),
        ({"Status": "OK"}, "ready"),
        ({"Code": {"Status": "ok"}}, "ready"),
        ({"Status": "ok", "Code": None}, "ready"),
        ({"Status": "ok", "Code": {}}, "pending"),
        ({"Status": "ok", "Code": {"Status": "processing"}}, "pending"),
        ({"Status": "", "Code": {"Status": "ok"}}, "pending"),
        ({"Status": "a word never seen"}, "pending"),
        ({}, "pending"),
        ({"Status": "failed"}, "failed"),
        ({"Status": "ok", "Code": {"Status": "Error"}}, "failed"),
        ({"Status": "rejected", "Code": {"Status": "ok"}}, "failed"),
    ],
)
def test_the_state_of_a_model_takes_both_levels(record, state):
    assert Model.from_api({"UUID": UUID, **record}).state == state


@pytest.mark.parametrize(
    "text", ["", "# Title", "ends in a newline\n", "\n\n", "two\n\nparagraphs\r\n", "<!-- own -->"]
)
def test_the_mark_travels_with_the_documentation_and_comes_off_again(text):
    joined = join_documentation(text, MARK)
    assert split_documentation(joined) == (text, MARK)
    assert joined.endswith(f"<!-- nxai.cloud file sha256:{'ab' * 32} size:1234 -->")
    assert Model.from_api({"UUID": UUID, "Documentation": joined}).digest == MARK


def test_a_new_mark_replaces_the_old_one_and_text_that_was_added_behind_it_is_kept():
    joined = join_documentation(join_documentation("text", MARK), FileMark("cd" * 32, 5))
    assert split_documentation(joined) == ("text", FileMark("cd" * 32, 5))
    assert split_documentation(f"{joined}\nmore") == ("text\nmore", FileMark("cd" * 32, 5))
    assert join_documentation(joined, None) == "text"


@pytest.mark.parametrize("mark", ["sha256:xyz size:1", f"sha256:{'ab' * 32} size:", f"sha256:{'AB' * 32} size:1"])
def test_what_only_resembles_a_mark_is_documentation(mark):
    text = f"text\n\n<!-- nxai.cloud file {mark} -->"
    assert split_documentation(text) == (text, None)


ZERO = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize("kind", [Catalogue, Model, Site], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"UUID": OTHER, "Name": "ACME"}, (OTHER, "ACME")),
        ({"UUID": OTHER}, (OTHER, "")),
        ({"Name": "ACME"}, ("", "ACME")),
        ({"Id": f"{{{OTHER.upper()}}}", "NAME": "ACME"}, (OTHER, "ACME")),
        ({"uuid": None, "id": OTHER, "name": 5}, (OTHER, "")),
        ({"id": "acme-1"}, ("acme-1", "")),
        ({"UUID": ZERO, "Name": ""}, ("", "")),
        ({"UUID": ZERO, "Name": "Jane"}, ("", "")),
        (ZERO, ("", "")),
        (OTHER.upper(), (OTHER, "")),
        ("ACME", ("", "ACME")),
        ("", ("", "")),
        ({}, ("", "")),
        (None, ("", "")),
        (5, ("", "")),
        ([OTHER], ("", "")),
        ([{"UUID": OTHER}], ("", "")),
    ],
    ids=repr,
)
def test_whom_a_record_belongs_to_is_read_in_one_way(kind, value, expected):
    """A catalogue, a model and a site: the inventory, the modules and the checks all read the same."""
    for key in ("Organisation", "organisation"):
        organisation = kind.from_api({"UUID": UUID, key: value}).organisation
        assert (organisation.id, organisation.name) == expected
        assert organisation.label == (expected[1] or expected[0])
    assert kind.from_api({"UUID": UUID}).organisation == Organisation("", "")


def test_a_catalogue_names_those_it_is_shared_with():
    raw = {"UUID": UUID, "SharedWith": ["ACME", {"UUID": OTHER}, None, ZERO]}
    assert Catalogue.from_api(raw).shared_with == (Organisation("", "ACME"), Organisation(OTHER, ""))
    assert Catalogue.from_api({"UUID": UUID}).shared_with is None


@pytest.mark.parametrize(
    ("record", "online"),
    [
        ({"UpdatedAt": "2026-01-02T03:04:05Z"}, True),
        ({"UpdatedAt": "0001-01-01T00:00:00Z"}, False),
        ({"UpdatedAt": "0001-01-01T00:00:00Z", "Online": True}, False),
        ({"UpdatedAt": "2026-01-02T03:04:05Z", "Online": False}, False),
        ({"stateOfHealth": "offline"}, False),
        ({"Status": "online"}, True),
        ({"Status": "activated"}, None),
        ({}, None),
    ],
)
def test_a_site_is_offline_by_its_zero_time_or_its_own_word(record, online):
    assert Site.from_api({"UUID": UUID, **record}).online is online


def test_the_id_of_a_site_is_found_under_each_guessed_name():
    names = ("UUID", "id", "ID", "cloudSystemId")
    assert [Site.from_api({name: UUID.upper(), "Name": "HQ"}).id for name in names] == [UUID] * 4


def test_a_server_tells_whether_it_can_run_pipelines():
    raw = {
        "UUID": UUID, "Name": "srv", "Status": "running", "AIPluginVersion": "4.2.0",
        "Supports": {"Pipelines": True},
    }  # fmt: skip
    server = Server.from_api(raw)
    assert (server.status, server.plugin_version, server.supports_pipelines) == ("running", "4.2.0", True)
    assert Server.from_api({"UUID": UUID, "Supports": {"Pipelines": "yes"}}).supports_pipelines is None


def test_a_device_carries_its_server_and_its_pipelines():
    device = Device.from_api(
        {
            "NxID": UUID.upper(),
            "Name": "Lobby",
            "Enabled": "true",
            "Server": {"Name": "srv", "Supports": {"Pipelines": False}},
            "nxAI": {"pipelines": [{"modelUUID": OTHER}]},
        }
    )
    assert device.id == f"{{{UUID}}}"
    assert device.enabled is True
    assert (device.server.id, device.server.name, device.server.supports_pipelines) == ("", "srv", False)
    assert device.assignment == (Pipeline({"modelUUID": OTHER}),)
    assert device.unknown is None


def test_an_nxid_is_braced_and_lower_case_and_what_is_none_stays():
    given = [UUID, UUID.upper(), f"{{{UUID}}}", f" {{{UUID.upper()}}} ", "Lobby"]
    assert [normalise_nxid(each) for each in given] == [f"{{{UUID}}}"] * 4 + ["Lobby"]


@pytest.mark.parametrize("record", [Model, Catalogue])
def test_the_id_of_a_model_or_catalogue_may_be_called_id(record):
    assert record.from_api({"id": UUID.upper()}).uuid == UUID
    assert record.from_api({"ID": OTHER, "uuid": UUID}).uuid == UUID


def test_rows_of_one_device_are_compared_once_each():
    """Thousands that differ, in a few kilobytes of gzip, cost no more than thousands of devices."""

    class Row(dict):
        compared = 0

        def __ne__(self, other):
            Row.compared += 1
            return dict.__ne__(self, other)

    devices = Device.listed(Row(NxID=UUID, Zone=zone) for zone in [1, 1, *range(500)])
    assert Row.compared <= 502
    assert len(devices) == 500
    assert {device.unknown.reason for device in devices} == {
        "the listing has several rows of it that differ (duplicate rows)"
    }
    (device,) = Device.listed([{"NxID": UUID, "Zone": 1}] * 3)
    assert "duplicate" not in device.unknown.reason


def test_rows_of_one_id_with_names_of_their_own_may_be_several_devices():
    devices = Device.listed([{"NxID": UUID, "Name": name} for name in ("Door", "Till", "Door")])
    assert [each.name for each in devices] == ["Door", "Till"]
    assert {each.assignment for each in devices} == {None}
    assert all("fields.device.id" in each.unknown.reason for each in devices)
    unnamed = Device.listed([{"NxID": UUID, "Name": "Door"}, {"NxID": UUID}])
    assert all("fields.device.id" not in each.unknown.reason for each in unnamed)


def test_rows_that_are_only_nearly_alike_are_each_read_by_themselves() -> None:
    """1, 1.0 and true are equal in Python. Each goes back as it came, and true is no threshold."""
    shown = [1, 1.0, True, 1]
    rows = [
        {
            "NxID": f"{number}{UUID[1:]}",
            "Server": {"Name": "S", "Supports": {"Pipelines": each}},
            "nxAI": {"pipelines": [{"modelUUID": UUID, "modelNMS": each}]},
        }
        for number, each in enumerate(shown)
    ]
    devices = Device.listed(rows)
    found = [[repr(one.wire["modelNMS"]) for one in each.assignment or ()] for each in devices]
    assert found == [["1"], ["1.0"], [], ["1"]]
    assert [each.server.supports_pipelines for each in devices] == [None, None, True, None]
    assert [each.unknown is None for each in devices] == [True, True, False, True]


def test_of_two_spellings_of_a_key_the_first_one_counts() -> None:
    assert [*folded({"a": 1, "A": 2, "b": 3, "B": 4}).items()] == [("a", 1), ("b", 3)]
