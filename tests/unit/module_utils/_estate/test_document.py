# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an estate is put into files, and that pipelines come out of their words as they went in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.pipeline import Pipeline
from ansible_collections.nxai.cloud.plugins.module_utils._core.plain_yaml import plain_yaml
from ansible_collections.nxai.cloud.plugins.module_utils._estate.assignments import (
    Unwritable,
    entry_of,
    normal,
    pipeline_of,
)
from ansible_collections.nxai.cloud.plugins.module_utils._estate.check import estate_of
from ansible_collections.nxai.cloud.plugins.module_utils._estate.document import file_names, files_of
from ansible_collections.nxai.cloud.plugins.module_utils._estate.records import DeviceState, Estate, Names, SiteState

MODEL = "459d2273-1514-431c-9d34-f5b72f3bfe20"
TEXTS = st.sampled_from(["", "a", "A b", "null", "1", "é", "{{ x }}", "two\nlines", "x" * 50])
INNER = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from([0.5, 1.0, 1e-7]), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)
WIRE = st.fixed_dictionaries(
    {"modelUUID": st.sampled_from([MODEL, MODEL.upper(), f"{{{MODEL}}}"])},
    optional={
        "modelNMS": st.one_of(st.none(), st.floats(0, 1), st.sampled_from(["0.5", "high", 7, -1, 1])),
        "resizingMethod": st.sampled_from(["Letterbox", "letterbox", "Crop", "STRETCH", "Fit", "", None]),
        "Preprocessor": st.sampled_from(["", None, "None", "Denoise", " x "]),
        "Postprocessor": st.sampled_from(["", None, "Line Crossing"]),
        "chains": st.one_of(st.none(), st.lists(st.dictionaries(TEXTS, INNER, max_size=2), max_size=2)),
        "updatedAt": st.just("now"),
        "Extra": INNER,
        "model_nms": st.floats(0, 1),
    },
)


@settings(max_examples=500)
@given(WIRE)
def test_an_entry_is_the_same_pipeline_or_it_is_refused(wire: dict[str, Any]) -> None:
    """What a file says, and what is read of it, is equal to what the service shows. Anything else is not written."""
    shown = Pipeline.read(wire)
    try:
        entry = entry_of(shown, lambda uuid: uuid)
    except Unwritable:
        return
    [(_name, text)] = files_of(shop({"d": DeviceState("D", (entry,))}), False).items()
    read = estate_of([("estate.yml", plain_yaml(text.encode(), "", ""))]).sites["s"].devices["d"].pipelines
    assert read is not None and read == (entry,) and pipeline_of(read[0]) == shown


def shop(devices: dict[str, DeviceState]) -> Estate:
    return Estate(sites={"s": SiteState("s", "Shop", devices)}, said=frozenset())


@pytest.mark.parametrize(
    "entry",
    [
        {"model": "A", "nms": 0.42, "resizing_method": "letterbox", "preprocessor": "None", "chains": []},
        {"model": "A", "nms": 0.42000000178813934, "postprocessor": "", "extra": {}},
        {"model": "A"},
    ],
)
def test_what_is_a_default_is_left_out(entry: dict[str, Any]) -> None:
    assert normal(entry) == {"model": "A"}


def test_a_setting_that_is_not_shown_is_not_its_default() -> None:
    assert normal({"model": "A", "nms": None}) == {"model": "A", "nms": None}
    entry = entry_of(Pipeline.read({"modelUUID": MODEL, "chains": []}), lambda _uuid: "A")
    assert entry == {"model": "A", "nms": None, "resizing_method": None}


def test_names_of_files_are_safe_and_differ() -> None:
    ids = ["264a00f8-5946-5e62-9aca-71a8d748af2d", "264a00f8-0000-5e62-9aca-71a8d748af2d", "../x", "X", "{y}"]
    sites = [SiteState(id, name) for id, name in zip(ids, ["A", "A", "../../etc", "東京", ""], strict=True)]
    names = file_names(sites)
    assert len(set(names.values())) == len(sites)
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-./") for name in names.values())
    assert all(name.count("/") == 1 and name.count(".") == 1 and name.startswith("sites/") for name in names.values())
    assert file_names(sites[2:])["../x"].startswith("sites/etc-")


def test_what_most_devices_have_is_said_once() -> None:
    a, b = ({"model": "A"},), ({"model": "B"},)
    devices = {
        str(place): DeviceState(f"D{place}", a if place < 3 else b if place < 5 else None, "why") for place in range(6)
    }
    found = plain_yaml(files_of(shop(devices), False)["estate.yml"].encode(), "", "")["sites"][0]
    assert found["pipelines"] == [{"model": "A"}] and list(found["devices"]) == ["0", "1", "2"]
    assert [list(each["devices"]) for each in found["exceptions"]] == [["3", "4"], ["5"]]
    assert found["exceptions"][1]["unknown"] == "why"


def test_profiles_that_have_the_same_models_have_names_of_their_own() -> None:
    one, other = ({"model": "A", "nms": 0.1},), ({"model": "A", "nms": 0.2},)
    sites = {
        str(place): SiteState(str(place), "S", {"d": DeviceState("D", one if place % 2 else other)})
        for place in range(4)
    }
    text = files_of(Estate(sites=sites), False)["estate.yml"]
    profiles = plain_yaml(text.encode(), "", "")["profiles"]
    assert len(profiles) == 2 and all(name.startswith("A #") for name in profiles)
    assert len(estate_of([("x", plain_yaml(text.encode(), "", ""))]).sites) == 4


def test_names_that_could_be_something_else_are_not_used() -> None:
    names = Names([("17", "A"), (MODEL, "17"), ("b", "Twin"), ("c", "Twin"), ("d", ""), ("e", MODEL.upper())])
    assert [names.of(each) for each in ("17", MODEL, "b", "c", "d", "e", "gone")] == [
        "A", MODEL, "b", "c", "d", "e", "gone",
    ]  # fmt: skip
    assert names.uuids("17") == ["17"] and names.uuids("Twin") == ["b", "c"] and names.uuids(MODEL) == [MODEL]
    assert names.same("17") == "A" and names.same("Twin") == "Twin" and names.same("Nobody") == "Nobody"
