# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ansible_collections.nxai.cloud.plugins.module_utils._models.fields import FIELDS
from simulator.testing import Served

Calls = Callable[[], list[str]]


def upload(run_module: Callable, onnx_file: Path, name: str, **options: object) -> dict:
    return run_module("nxai_model", name=name, file=str(onnx_file), wait_interval=0.01, **options)["model"]


def test_models_by_name_uuid_and_glob(run_module: Callable, onnx_file: Path, writes: Calls) -> None:
    two, one = upload(run_module, onnx_file, "Two"), upload(run_module, onnx_file, "One")
    sent = len(writes())
    assert run_module("nxai_model_info")["models"] == [one, two]
    assert run_module("nxai_model_info", models=["T*"])["models"] == [two]
    assert run_module("nxai_model_info", models=["One"])["models"] == [one]
    assert run_module("nxai_model_info", models=[f"{{{two['uuid'].upper()}}}"])["models"] == [two]
    assert run_module("nxai_model_info", models=["None of them"])["models"] == []
    assert len(writes()) == sent


def test_two_of_one_name_are_both_listed(cloud: Served, run_module: Callable, onnx_file: Path) -> None:
    one, two = upload(run_module, onnx_file, "One")["uuid"], upload(run_module, onnx_file, "Two")["uuid"]
    cloud.world.models[two].name = "One"
    assert [each["uuid"] for each in run_module("nxai_model_info", models=["One"])["models"]] == sorted([one, two])


def test_models_of_a_catalogue(cloud: Served, run_module: Callable, onnx_file: Path, reads: Calls) -> None:
    uuid = run_module("nxai_catalogue", name="Shop models")["catalogue"]["uuid"]
    inside = upload(run_module, onnx_file, "Inside", catalogues=["Shop models"])
    upload(run_module, onnx_file, "Outside")
    cloud.clear_log()
    assert run_module("nxai_model_info", catalogue=uuid)["models"] == [inside]
    assert reads() == ["/cpt/functions"]
    assert run_module("nxai_model_info", catalogue="Shop models")["models"] == [inside]
    failed = run_module("nxai_model_info", catalogue="Shop model")
    assert failed["failed"] and "Near: Shop models" in failed["msg"]


def test_what_info_shows_can_be_declared_without_a_change(
    cloud: Served, run_module: Callable, onnx_file: Path, writes: Calls
) -> None:
    run_module("nxai_catalogue", name="Shop models")
    upload(
        run_module, onnx_file, "Detector", catalogues=["Shop models"], alias="d", documentation="Text", channels=3,
        height=64, width=64, means=[1, 2, 3], scales=[4, 5, 6], layout="nhwc", conversions=["a"],
        source_name="n", source_url="https://example.com", customization="other", input_details={"own": [1]},
        output_details={"own": "o"}, input_driver="i", output_driver="o",
    )  # fmt: skip
    (found,) = run_module("nxai_model_info")["models"]
    cloud.clear_log()
    told = ("uuid", "state", "status", "code_status", "downloadable", "file", "updated_at", "conversion_log")
    options = {name: value for name, value in found.items() if name not in told}
    assert {*options} == {each.option for each in FIELDS}
    assert None not in options.values() and options["input_details"] == {"own": [1]}
    again = run_module("nxai_model", **options, catalogues_mode="exact", file=str(onnx_file))
    assert again["changed"] is False
    assert writes() == []


def test_catalogues(run_module: Callable) -> None:
    for name in ("Two", "One", "Other"):
        run_module("nxai_catalogue", name=name)
    found = run_module("nxai_catalogue_info")["catalogues"]
    assert [each["name"] for each in found] == ["One", "Other", "Two"]
    assert set(found[0]) == {"uuid", "name", "organisation", "shared_with"}
    assert [each["name"] for each in run_module("nxai_catalogue_info", catalogues=["O*"])["catalogues"]] == [
        "One",
        "Other",
    ]
    assert run_module("nxai_catalogue_info", catalogues=["Three"])["catalogues"] == []


def test_models_that_do_not_tell_their_catalogues_are_reported(cloud: Served, run_module: Callable) -> None:
    uuid = run_module("nxai_catalogue", name="Shop models")["catalogue"]["uuid"]
    inside = {"UUID": "459d2273-1514-431c-9d34-f5b72f3bfe20", "Name": "Inside", "Catalogues": [uuid]}
    unknown = {"UUID": "459d2273-1514-431c-9d34-f5b72f3bfe21", "Name": "Unknown"}
    cloud.fault("status", "list_models", status=200, body=[inside, unknown, {**unknown, "Catalogues": None}])
    found = run_module("nxai_catalogue_info", list_models=True, warns=True)
    assert [each["name"] for each in found["catalogues"][0]["models"]] == ["Inside"]
    assert found["warnings"] == ["2 of 3 models came without their catalogues, so the lists of models may lack them."]
    cloud.fault("status", "list_models", status=200, body=[inside, {**unknown, "Catalogues": []}])
    run_module("nxai_catalogue_info", list_models=True)
