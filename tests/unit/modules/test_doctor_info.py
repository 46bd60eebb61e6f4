# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the doctor finds, against a simulator."""

from __future__ import annotations

from typing import Any

import pytest
from module_runs import Calls, RunModule

from simulator.testing import Served, serve

READY, SLOW, FAILED, LOOSE, GONE = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "01234")
WELL = f"""
times: {{assignment: 0}}
catalogues: [{{name: Shelf, public: true}}]
models: [{{name: Ready, id: {READY}, catalogues: [Shelf]}}]
sites:
  - {{name: Shop, servers: [{{name: S, devices: [{{name: Door, pipelines: [{{modelUUID: {READY}, chains: []}}]}}]}}]}}
"""
SICK = f"""
times: {{assignment: 0}}
catalogues: [{{name: Shelf, public: true}}]
models:
  - {{name: Ready, id: {READY}, catalogues: [Shelf]}}
  - {{name: Slow, id: {SLOW}, status: converting, catalogues: [Shelf]}}
  - {{name: Failed, id: {FAILED}, status: failed, catalogues: [Shelf]}}
  - {{name: Loose, id: {LOOSE}}}
sites:
  - name: Shop
    servers:
      - name: S
        devices:
          - {{name: Door, pipelines: [{{modelUUID: {SLOW}, chains: []}}]}}
          - Idle
          - {{name: "Off", enabled: false}}
          - {{name: Loose, pipelines: [{{modelUUID: {LOOSE}, chains: []}}]}}
      - {{name: Old, supports_pipelines: false}}
      - {{name: Stopped, status: stopped}}
  - {{name: Depot, online: false, servers: [{{name: U, devices: [Door]}}]}}
"""


def chain_of_shops(number: int) -> dict[str, Any]:
    """Two organisations, and at each shop that is on-line one of everything that can be wrong."""

    def camera(name: str, model: str = "", **members: Any) -> dict[str, Any]:
        pipelines = [{"modelUUID": model, "chains": [], **members}] if model else []
        return {"name": name, "pipelines": pipelines, "enabled": bool(model)}

    servers = [
        {
            "name": "Main",
            "runtime": "Hailo-8",
            "devices": [
                *(camera(name) for name in ("Off 1", "Off 2", "Off 3")),
                camera("Door", READY), camera("Slow", SLOW), camera("Failed", FAILED), camera("Loose", LOOSE),
                camera("Gone", GONE), "Idle",
            ],
        },
        {"name": "Old", "supports_pipelines": False},
        {"name": "Stopped", "status": "stopped"},
        {"name": "New", "plugin_version": "5.0.6", "processors": ["Heatmap"], "processor_version": 4,
         "devices": [camera("Till", READY, Postprocessor="Heatmap")]},
    ]  # fmt: skip
    plain = {"catalogues": ["Shelf"], "members": {"EnableConversions": []}}
    return {
        "times": {"assignment": 0},
        "organisations": [{"name": "Ours"}, {"name": "Theirs"}],
        "accounts": [{"email": "a@example.com", "password": "p", "organisations": ["Ours", "Theirs"]}],
        "catalogues": [{"name": "Shelf", "public": True}],
        "models": [
            {"name": "Person@1", "id": READY, **plain},
            {"name": "Slow", "id": SLOW, "status": "converting", **plain},
            {"name": "Failed", "id": FAILED, "status": "failed", **plain},
            {"name": "Loose", "id": LOOSE},
            {"name": "Spare", "status": "converting", **plain},
        ],
        "sites": [
            {"name": f"Shop {each}", "organisation": ("Ours", "Theirs")[each % 2],
             **({"online": False} if each % 20 == 19 else {"servers": servers})}
            for each in range(number)
        ],
    }  # fmt: skip


def found(result: dict[str, Any]) -> set[tuple[str, str, str]]:
    """But notes."""
    return {(each["problem"], each["severity"], each["where"].split(" (")[0]) for each in wrong(result)}


def wrong(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in result["findings"] if each["severity"] != "note"]


def statuses(result: dict[str, Any]) -> dict[str, str]:
    return {each["check"]: each["status"] for each in result["checks"]}


def test_nothing_is_wrong(cloud: Served, run_module: RunModule, writes: Calls) -> None:
    cloud.reset(seed=WELL)
    result = run_module("nxai_doctor_info")
    assert wrong(result) == [] and set(statuses(result).values()) == {"ok"}, result["table"]
    assert len(result["checks"]) == 12 and result["changed"] is False
    assert writes() == []


def test_each_thing_that_is_wrong_is_found_with_what_to_do(cloud: Served, run_module: RunModule) -> None:
    cloud.reset(seed=SICK)
    result = run_module("nxai_doctor_info")
    assert found(result) == {
        ("site_offline", "warning", "Depot"),
        ("server_without_pipelines", "warning", "Old at Shop"),
        ("server_not_running", "warning", "Stopped at Shop"),
        ("device_idle", "warning", "Idle at Shop"),
        ("model_pending_in_use", "error", "Slow"),
        ("model_failed", "error", "Failed"),
        ("model_uncatalogued", "warning", "Loose"),
    }
    notes = len(result["findings"]) - 7
    assert result["counts"] == {"error": 2, "warning": 5, "note": notes}
    assert all(each["advice"] for each in result["findings"])
    assert all(each["where"] in result["table"] for each in wrong(result))
    assert result["table"].startswith("2 errors, 5 warnings, 1 note\n") and len(result["problems"]) == 8


def test_forty_shops_with_everything_wrong(cloud: Served, run_module: RunModule, writes: Calls) -> None:
    cloud.reset(chain_of_shops(40))
    result = run_module("nxai_doctor_info", formats=["junit", "prometheus"], token=cloud.token())
    numbers = {each["problem"]: (each["findings"], each["cameras"], each["sites"]) for each in result["problems"]}
    assert numbers.pop("contract_inferred")[0] > 20
    assert numbers == {
        "model_failed": (1, 38, 38),
        "model_pending_in_use": (1, 38, 38),
        "runtime_unserved": (38, 38, 38),
        "site_offline": (2, 0, 2),
        "server_without_pipelines": (38, 0, 38),
        "server_not_running": (38, 0, 38),
        "processor_missing": (38, 38, 38),
        "device_idle": (38, 38, 38),
        "device_not_enabled": (114, 114, 38),
        "model_pending": (1, 0, 0),
        "model_unseen": (1, 38, 38),
        "model_hidden": (1, 18, 18),
    }
    assert len(result["table"].splitlines()) <= 40 and "UNKNOWN  releases" in result["table"]
    assert [each["name"] for each in result["reports"]] == ["nxai_doctor.xml", "nxai_fleet.prom"]
    assert writes() == []


def test_plugin_5_with_a_processor_file_of_version_4(cloud: Served, run_module: RunModule) -> None:
    new: dict[str, Any] = {"plugin_version": "5.0.6", "processors": ["Heatmap"]}
    door = {"name": "Door", "pipelines": [{"modelUUID": READY, "chains": [], "Postprocessor": "Heatmap"}]}
    servers = [
        {"name": "Updated", **new, "processor_version": 4, "devices": [door]},
        {"name": "New", **new, "devices": [door]},
        {"name": "Old", "processors": ["Heatmap"], "devices": [door]},
    ]
    world = {"catalogues": [{"name": "Shelf", "public": True}], "sites": [{"name": "Shop", "servers": servers}]}
    cloud.reset({**world, "models": [{"name": "Ready", "id": READY, "catalogues": ["Shelf"]}]})
    result = run_module("nxai_doctor_info")
    assert found(result) == {("processor_missing", "warning", "Updated at Shop")}
    [finding] = wrong(result)
    assert finding["what"] == "plugin 5.0.6 does not offer the postprocessor Heatmap there, which 1 camera should use"
    assert "version 4" in finding["advice"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"token": "nobodys-token"}, {"token": "error", "contract": "ok", "reachability": "ok"}),
        ({"token": ""}, {"token": "error", "contract": "ok"}),
        ({"api_url": "http://127.0.0.1:9", "retries": 0}, {"reachability": "error", "tls": "ok"}),
        ({"act_as": {"kind": "organization", "id": LOOSE}}, {"act_as": "error", "token": "ok"}),
        ({"sites": ["Nowhere"]}, {"sites": "error", "token": "ok"}),
    ],
)
def test_what_is_wrong_is_told_where_it_is(
    run_module: RunModule, options: dict[str, Any], expected: dict[str, str]
) -> None:
    result = run_module("nxai_doctor_info", **options)
    assert expected.items() <= statuses(result).items(), result["table"]
    assert {each["check"] for each in result["findings"]} >= {name for name in expected if expected[name] == "error"}
    assert "nobodys-token" not in str({**result, "invocation": None})


def test_certificates_that_are_not_checked(cloud: Served, run_module: RunModule) -> None:
    cloud.reset(seed=WELL)
    result = run_module("nxai_doctor_info", validate_certs=False)
    assert found(result) == {("tls_unchecked", "warning", cloud.url)}


def test_a_certificate_of_nobody_known(run_module: RunModule) -> None:
    with serve(WELL, tls=True) as cloud:
        options = {"api_url": cloud.url, "token": cloud.token()}
        status = statuses(run_module("nxai_doctor_info", **options))
        assert (status["tls"], status["reachability"], status["token"]) == ("error", "ok", "unknown")
        trusting = run_module("nxai_doctor_info", ca_path=str(cloud.ca_path), **options)
        assert wrong(trusting) == []


@pytest.mark.parametrize(
    ("operation", "check", "others"),
    [
        ("list_models", "models_ready", {"sites", "servers", "devices"}),
        ("list_devices", "devices", {"sites", "servers"}),
        ("list_servers", "servers", {"sites", "devices", "models_ready"}),
        ("list_sites", "sites", {"reachability", "contract"}),
    ],
)
def test_what_cannot_be_read_does_not_hide_the_rest(
    cloud: Served, run_module: RunModule, operation: str, check: str, others: set[str]
) -> None:
    cloud.reset(seed=WELL)
    cloud.fault("status", operation, status=500, times=0)
    status = statuses(run_module("nxai_doctor_info", retries=0))
    assert status[check] == "error"
    assert {status[each] for each in others} == {"ok"}


def test_a_check_reports_its_own_part_and_says_that_it_knows_nothing_without_another(
    cloud: Served, run_module: RunModule
) -> None:
    """Models are judged by the devices that run them, too. That these cannot be read is for another check to say."""
    cloud.reset(seed=WELL)
    cloud.fault("status", "list_devices", status=500, times=0)
    result = run_module("nxai_doctor_info", retries=0)
    assert {each["check"] for each in wrong(result)} == {"devices"}
    unknown = {check for check, status in statuses(result).items() if status == "unknown"}
    assert unknown == {"models_ready", "models_catalogued", "models_fit"}
