# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``nxai_pipeline`` over many sites: which devices, what is refused beforehand, and what goes wrong at some of them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from module_runs import Calls, RunModule

from ansible_collections.nxai.cloud.plugins.module_utils._api.client import Client
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Unexpected
from ansible_collections.nxai.cloud.plugins.module_utils._engine.module import Task
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.options import ARGUMENT_SPEC, PIPELINE
from ansible_collections.nxai.cloud.plugins.module_utils._pipelines.resource import PipelineResource
from simulator.testing import Served

QUICK = {"wait_interval": 0.01, "wait_timeout": 0.3, "applicable_timeout": 0}
A, B, TFLITE, SLOW, FOREIGN = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "01234")
CHAINED = {
    "modelUUID": A, "modelNMS": 0.7, "resizingMethod": "Letterbox", "Preprocessor": "", "Postprocessor": "",
    "chains": [{"Method": "Feature Extraction", "modelUUID": B, "modelNMS": 0.1}], "Future": {"kept": True},
}  # fmt: skip
WORLD = f"""
times: {{record: 0, code: 0, assignment: 0}}
organisations: [Retail, Other]
accounts: [{{email: demo@example.com, password: demo, organisations: [Retail, Other]}}]
models:
  - {{name: A, id: {A}}}
  - {{name: B, id: {B}}}
  - {{name: Lite, id: {TFLITE}, kind: tflite}}
  - {{name: Slow, id: {SLOW}, status: processing}}
  - {{name: Foreign, id: {FOREIGN}, organisation: Other}}
sites:
  - name: Shop 1
    servers: [{{name: S, devices: [Door, {{name: Till, enabled: false}}, Yard]}}]
  - name: Shop 2
    servers:
      - {{name: S, devices: [{{name: Door, pipelines: [{json.dumps(CHAINED)}]}}]}}
      - {{name: H, runtime: Hailo-8, devices: [Gate]}}
  - {{name: Depot, online: false, servers: [{{name: S, devices: [Door]}}]}}
"""


@pytest.fixture(autouse=True)
def estate(cloud: Served) -> Served:
    cloud.reset(seed=WORLD)
    return cloud


def ids(cloud: Served, site: str = "Shop 1") -> tuple[str, dict[str, str]]:
    """The id of a site, and the NxIDs of its devices by name."""
    found = next(each for each in cloud.world.sites.values() if each.name == site)
    return found.id, {each.name: each.nxid for each in found.devices.values()}


def pipelines(cloud: Served) -> dict[str, list[dict[str, Any]]]:
    """What each device runs now, by ``site/device``."""
    found = {}
    for site in cloud.world.sites.values():
        for device in site.devices.values():
            device.settle(cloud.world.clock.now())
            found[f"{site.name}/{device.name}"] = device.pipelines
    return found


def run(run_module: RunModule, **options: Any) -> dict[str, Any]:
    return run_module("nxai_pipeline", **{**QUICK, **options})


def statuses(result: dict[str, Any]) -> dict[str, str]:
    return {each["name"] or each["device"]: each["status"] for each in result["devices"]}


# Which devices


def test_select_picks_enabled_devices_of_sites_by_glob(run_module: RunModule) -> None:
    made = run(run_module, select="enabled", sites=["Shop *"], pipelines=[{"model": A}])
    assert sorted(each["name"] for each in made["devices"]) == ["Door", "Door", "Gate", "Yard"]
    assert "Till" not in made["diff"]["prepared"]
    # The second site's Door has the model already.
    assert made["totals"]["applied"] == 3 and made["totals"]["unchanged"] == 1


def test_select_over_all_sites_says_which_show_nothing(run_module: RunModule) -> None:
    planned = run(run_module, check=True, select="all", sites=["*"], pipelines=[{"model": A}])
    assert planned["totals"] == {
        **dict.fromkeys(planned["totals"], 0), "devices": 5, "changed": 4, "planned": 4, "unchanged": 1,
    }  # fmt: skip
    assert [each["name"] for each in planned["unread_sites"]] == ["Depot"]


def test_select_running_finds_the_model_in_a_chain(run_module: RunModule, writes: Calls) -> None:
    made = run(run_module, select="running", running_model="B", sites=["*"], state="absent", pipelines=[{"model": "A"}])
    assert [(each["name"], each["after"]) for each in made["devices"]] == [("Door", [])]
    assert len(writes()) == 1
    none = run(run_module, select="running", running_model="B", sites=["*"], state="absent", pipelines=[{"model": "A"}])
    assert none["changed"] is False and none["devices"] == []


def test_swap_takes_out_every_model_of_a_glob_but_the_new_one(cloud: Served, run_module: RunModule) -> None:
    swap = {"from": "[AB]", "to": "A"}
    made = run(run_module, select="running", sites=["*"], swap=swap)
    assert statuses(made) == {"Door": "applied"}
    assert pipelines(cloud)["Shop 2/Door"] == [{**CHAINED, "chains": [{**CHAINED["chains"][0], "modelUUID": A}]}]
    again = run(run_module, select="running", sites=["*"], swap=swap)
    assert again["changed"] is False and again["devices"] == []


def test_a_name_with_the_characters_of_a_glob_is_that_name(cloud: Served, run_module: RunModule) -> None:
    cloud.world.models[TFLITE].name = "[AB]"
    assert run(run_module, select="running", sites=["*"], swap={"from": "[AB]", "to": "A"})["devices"] == []


def test_enabled_is_not_guessed(cloud: Served, run_module: RunModule) -> None:
    rows = [{"NxID": "{4f7d9c1e-2b6a-4d3f-8a5b-0c1d2e3f4a5b}", "Name": "Door", "nxAI": {"pipelines": []}}]
    cloud.fault("status", "list_devices", status=200, body=rows)
    failed = run(run_module, select="enabled", site="Shop 1", pipelines=[{"model": A}])
    assert "does not say whether Door at site Shop 1 is" in failed["msg"]


def test_pairs_as_zip_and_items2dict_give_them(cloud: Served, run_module: RunModule) -> None:
    (one, doors), (two, gates) = ids(cloud), ids(cloud, "Shop 2")
    entries = [[one, doors["Door"].strip("{}").upper()], {"site": two, "device": gates["Gate"]}]
    made = run(run_module, devices=entries, pipelines=[{"model": A}])
    assert statuses(made) == {"Door": "applied", "Gate": "applied"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"select": "all"}, "site, sites"),
        ({"select": "running", "site": "Shop 1"}, "running_model, swap"),
        ({"devices": ["Door"], "sites": ["*"]}, "mutually exclusive"),
        ({"devices": ["Door"], "site": "Shop 1", "swap": {"from": "A", "to": "B"}}, "mutually exclusive"),
        ({"site": "Shop 1"}, "devices, select, restore"),
        ({"devices": ["Door"], "site": "Shop 1", "concurrency": 0}, "concurrency is 0. Give a number from 1 to 16."),
        ({"devices": ["Door"], "site": "Shop 1", "batch_size": 0}, "batch_size is 0. Give a number of 1 or more."),
    ],
)
def test_options_that_do_not_fit(run_module: RunModule, options: dict[str, Any], expected: str) -> None:
    failed = run(run_module, pipelines=[{"model": A}], **options)
    assert failed["failed"] and expected in failed["msg"]


# What becomes of them


def test_swap_keeps_settings_chains_and_unknown_keys(cloud: Served, run_module: RunModule, writes: Calls) -> None:
    swapped = {"select": "running", "sites": ["*"], "swap": {"from": "B", "to": "Lite"}, "require_runtime": False}
    assert run(run_module, **swapped)["totals"]["applied"] == 1
    chain = {**CHAINED["chains"][0], "modelUUID": TFLITE}
    assert pipelines(cloud)["Shop 2/Door"] == [{**CHAINED, "chains": [chain]}]
    cloud.clear_log()
    assert run(run_module, **swapped)["changed"] is False
    assert writes() == []


def test_models_of_chains_are_named_or_by_uuid_and_counted(cloud: Served, run_module: RunModule) -> None:
    chains = [{"Method": "Direct", "modelUUID": "B", "chains": [{"modelUUID": A}]}]
    made = run(run_module, site="Shop 1", devices=["Door"], pipelines=[{"model": "A", "chains": chains}])
    sent = pipelines(cloud)["Shop 1/Door"][0]["chains"]
    assert sent == [{"Method": "Direct", "modelUUID": B, "chains": [{"modelUUID": A}]}]
    assert made["devices"][0]["after"][0]["chains"] == sent
    missing = [{"modelUUID": "Nowhere"}]
    failed = run(run_module, site="Shop 1", devices=["Door"], pipelines=[{"model": "A", "chains": missing}])
    assert 'model "Nowhere"' in failed["msg"]


# What is refused


@pytest.mark.parametrize(
    ("pipeline", "switch", "reason"),
    [
        ({"model": "Slow"}, "require_ready", "the model Slow is not ready"),
        ({"model": "Lite"}, "require_runtime", "has no file for the runtime Hailo-8"),
        ({"model": "A", "postprocessor": "Counting sheep"}, "require_processors", "no postprocessor Counting sheep"),
        ({"model": "A", "chains": [{"modelUUID": SLOW}]}, "require_ready", "the model Slow is not ready"),
        ({"model": "Foreign"}, "require_available", "belongs to another organisation than the site"),
    ],
)
def test_what_would_do_nothing_is_refused_with_device_and_reason(
    cloud: Served, run_module: RunModule, writes: Calls, pipeline: dict[str, Any], switch: str, reason: str
) -> None:
    options = {"site": "Shop 2", "devices": ["Gate"], "pipelines": [pipeline], "wait": False}
    failed = run(run_module, **options)
    assert failed["failed"] and reason in failed["msg"] and "Gate at site Shop 2" in failed["msg"]
    site, devices = ids(cloud, "Shop 2")
    assert [(each["site"], each["device"]) for each in failed["refused"]] == [(site, devices["Gate"])]
    assert writes() == []
    cloud.world.quirks.unknown_model = "ignore"
    assert run(run_module, **options, **{switch: False})["devices"][0]["status"] == "sent"


def test_one_model_fits_one_server_and_not_the_other(run_module: RunModule) -> None:
    failed = run(run_module, select="all", site="Shop 2", pipelines=[{"model": "Lite"}])
    assert ["no file for the runtime Hailo-8" in each["reason"] for each in failed["refused"]] == [True]
    made = run(run_module, site="Shop 2", devices=["Door"], pipelines=[{"model": "Lite"}])
    assert made["devices"][0]["status"] == "applied"


def test_servers_are_not_listed_for_a_model_that_fits_all(run_module: RunModule, reads: Calls) -> None:
    run(run_module, site="Shop 2", devices=["Gate"], pipelines=[{"model": "A", "postprocessor": ""}])
    assert not [path for path in reads() if path.endswith("/servers")]


# What goes wrong


def test_devices_that_are_not_applicable_are_found_in_their_batch(
    cloud: Served, run_module: RunModule, writes: Calls
) -> None:
    cloud.world.quirks.mixed_put = "refuse"
    options = {"select": "all", "site": "Shop 1", "pipelines": [{"model": A}]}
    failed = run(run_module, **options)
    assert statuses(failed) == {"Door": "applied", "Till": "not_applicable", "Yard": "applied"}
    assert "1 of 3 devices are not applicable" in failed["msg"] and failed["changed"] is True
    skipped = run(run_module, **options, not_applicable="skip")
    assert not skipped.get("failed") and skipped["changed"] is False
    assert skipped["totals"]["not_applicable"] == 1 and skipped["totals"]["unchanged"] == 2


def test_a_device_that_a_put_passes_over_is_sent_to_alone(run_module: RunModule, writes: Calls) -> None:
    """The service may take a PUT for those devices that are applicable, and say nothing of the others."""
    made = run(run_module, select="all", site="Shop 1", pipelines=[{"model": A}], not_applicable="skip")
    assert statuses(made) == {"Door": "applied", "Till": "not_applicable", "Yard": "applied"}
    assert len(writes()) == 2


def test_no_more_requests_than_bounded_where_nothing_is_applicable(
    cloud: Served, run_module: RunModule, writes: Calls
) -> None:
    cloud.reset(seed={"generate": {"sites": 1, "devices": 200, "models": 1, "disabled_every": 1}})
    model = next(iter(cloud.world.models))
    failed = run(run_module, select="all", sites=["*"], pipelines=[{"model": model}], batch_size=200)
    assert failed["totals"]["not_applicable"] == 200
    assert len(writes()) <= 70


def test_offline_sites_and_devices_that_have_gone(cloud: Served, run_module: RunModule, writes: Calls) -> None:
    (one, devices), (depot, away) = ids(cloud), ids(cloud, "Depot")
    gone = "{00000000-0000-4000-8000-000000000001}"
    entries = [[one, devices["Door"]], [one, gone], [depot, away["Door"]], [gone.strip("{}"), gone]]
    failed = run(run_module, devices=entries, pipelines=[{"model": A}])
    assert len(failed["refused"]) == 3 and writes() == []
    for words in ("does not list this device", "off-line, or still loading", "knows no such site"):
        assert words in failed["msg"]
    made = run(run_module, devices=entries, pipelines=[{"model": A}], not_applicable="skip")
    assert Counter(statuses(made).values()) == {"applied": 1, "not_applicable": 2}
    assert made["totals"]["not_applicable"] == 3 and len(made["unread_sites"]) == 2
    assert [each["device"] for each in made["snapshot"]] == [devices["Door"]]


@pytest.mark.parametrize("operation", ["list_devices", "put_pipelines"])
def test_a_site_that_fails_does_not_stop_the_others(cloud: Served, run_module: RunModule, operation: str) -> None:
    (one, devices), (two, gates) = ids(cloud), ids(cloud, "Shop 2")
    cloud.fault("status", operation, path=f"/dev/system/{one}/*", status=500, times=0)
    entries = [[one, devices["Door"]], [one, devices["Yard"]], [two, gates["Gate"]]]
    failed = run(run_module, devices=entries, pipelines=[{"model": A}])
    assert failed["failed"] and "2 of 3 devices failed" in failed["msg"] and "500" in failed["msg"]
    assert Counter(each["status"] for each in failed["devices"]) == {"failed": 2, "applied": 1}
    assert pipelines(cloud)["Shop 2/Gate"][0]["modelUUID"] == A
    assert failed["totals"]["failed"] == 2 and failed["changed"] is True
    assert {each["site"] for each in failed["snapshot"]} >= {two}


def test_a_site_that_cannot_be_reached_is_left_and_the_rest_is_clearly_not_sent(
    cloud: Served, run_module: RunModule
) -> None:
    one = ids(cloud)[0]
    cloud.fault("reset", "put_pipelines", path=f"/dev/system/{one}/*", times=0)
    failed = run(run_module, site=one, select="all", pipelines=[{"model": A}], batch_size=1, retries=0)
    assert statuses(failed) == {"Door": "pending", "Till": "not_sent", "Yard": "not_sent"}
    assert len(failed["snapshot"]) == 3


def test_a_lost_answer_is_not_a_failure_where_the_device_follows(cloud: Served, run_module: RunModule) -> None:
    cloud.fault("reset", "put_pipelines", handled=True)
    made = run(run_module, site="Shop 1", devices=["Door"], pipelines=[{"model": A}], retries=0)
    assert statuses(made) == {"Door": "applied"}


def test_another_writer_is_noticed_and_not_overwritten(cloud: Served, run_module: RunModule, writes: Calls) -> None:
    site, devices = ids(cloud)
    theirs = {"NxID": devices["Door"], "Name": "Door", "nxAI": {"pipelines": [{"modelUUID": B}]}}
    cloud.fault("status", "list_devices", status=200, body=[theirs], nth=2, times=0)
    failed = run(run_module, site=site, devices=["Door"], pipelines=[{"model": A}])
    assert statuses(failed) == {"Door": "conflict"}
    assert "report something else than was sent" in failed["msg"] and len(writes()) == 1
    assert (
        f'Sent: [{{"Postprocessor": "", "Preprocessor": "", "chains": [], "modelNMS": 0.42, "modelUUID": "{A}"'
        in failed["msg"]
    )
    assert f'Reported: [{{"modelUUID": "{B}"}}]' in failed["devices"][0]["reason"]


def test_what_cannot_be_read_back_is_not_sent_again(cloud: Served, run_module: RunModule, writes: Calls) -> None:
    cloud.fault("status", "list_devices", status=500, nth=2, times=0)
    failed = run(run_module, site="Shop 1", devices=["Door"], pipelines=[{"model": A}])
    assert statuses(failed) == {"Door": "pending"} and "could not be read back" in failed["msg"]
    assert len(writes()) == 1


def test_a_large_estate_takes_two_reads_and_one_write_for_each_site(
    cloud: Served, run_module: RunModule, reads: Calls, writes: Calls
) -> None:
    cloud.reset(seed={"times": {"assignment": 0}, "generate": {"sites": 20, "devices": 30, "models": 1}})
    model = next(iter(cloud.world.models.values())).name
    options = {"select": "all", "sites": ["*"], "pipelines": [{"model": model}]}
    assert run(run_module, **options)["totals"]["applied"] == 600
    totals = 2  # that of sites, and that of devices
    assert len(reads()) == 2 * 20 + 2 + totals
    assert max(Counter(writes()).values()) == 1 and len(writes()) == 20
    cloud.clear_log()
    again = run(run_module, **options)
    assert again["changed"] is False and writes() == [] and len(reads()) == 20 + 2 + totals


def test_two_controllers_at_once_end_in_one_declared_state_and_one_says_conflict(cloud: Served) -> None:
    """Both have looked before either writes."""
    base = {
        **{name: spec.get("default") for name, spec in ARGUMENT_SPEC.items()}, **QUICK, "site": "Shop 1",
        "devices": ["Door", "Yard"], "api_url": cloud.url, "token": cloud.token(),
    }  # fmt: skip
    both = [{**base, "pipelines": [{**dict.fromkeys(PIPELINE), "model": model}]} for model in (A, B)]
    with Client.from_options(both[0]) as client:
        first, second = (PipelineResource(Task(options, client, check_mode=False)) for options in both)
        plans = first.plan(), second.plan()
        first.act(plans[0])
        second.act(plans[1])
        first.settle(plans[0])
        second.settle(plans[1])
        with pytest.raises(Unexpected, match="2 of 2 devices report something else than was sent"):
            first.report(plans[0])
        assert second.report(plans[1])["totals"]["applied"] == 2
    ends = pipelines(cloud)
    assert [[each["modelUUID"] for each in ends[f"Shop 1/{name}"]] for name in ("Door", "Yard")] == [[B], [B]]
