# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is a finding, what is none, and what nobody can know."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from doctor_world import (
    STRANGERS,
    THEIRS,
    all_wrong,
    catalogue,
    device,
    model,
    organisation,
    seen,
    server,
    site,
    uuid,
)

from ansible_collections.nxai.cloud.plugins.module_utils._api.contract.file import contract_of
from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import Device, Model
from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import Refused, SignInFailed, Unreachable
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.checks import CHECKS, diagnose
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.kinds import KINDS
from ansible_collections.nxai.cloud.plugins.module_utils._doctor.seen import Seen
from ansible_collections.nxai.cloud.plugins.module_utils._engine.sites import SiteOffLine

SHOP = site()
HAILO = server(0, Runtime="Hailo-8L")


def findings(world: Seen, problem: str) -> list[dict[str, Any]]:
    return [each for each in diagnose(world)["findings"] if each["problem"] == problem]


def status(world: Seen, check: str) -> str:
    return next(each["status"] for each in diagnose(world)["checks"] if each["check"] == check)


def at_site(*devices: Device, **parts: Any) -> Seen:
    return seen(
        **{"sites": [SHOP], "servers": [(SHOP, server())], "devices": [(SHOP, each) for each in devices], **parts}
    )


def cameras(off: int, on: int, **members: Any) -> list[Device]:
    return [device(number, **{"Enabled": number >= off, **members}) for number in range(off + on)]


# Cameras that are not enabled -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("off", "on", "many"), [(1, 0, 0), (2, 5, 0), (3, 0, 3), (3, 27, 3), (3, 28, 0), (6, 26, 6)])
def test_cameras_that_are_not_enabled_are_told_where_they_are_many_of_a_site(off: int, on: int, many: int) -> None:
    assert len(findings(at_site(*cameras(off, on)), "device_not_enabled")) == many


@pytest.mark.parametrize(("sites", "off"), [(9, 0), (10, 10), (30, 30)])
def test_or_many_of_all_sites(sites: int, off: int) -> None:
    rows = [(site(number), each) for number in range(sites) for each in cameras(1, 9)]
    servers = [(site(number), server()) for number in range(sites)]
    world = seen(sites=[site(number) for number in range(sites)], servers=servers, devices=rows)
    assert len(findings(world, "device_not_enabled")) == off


@pytest.mark.parametrize("supports", [{"Pipelines": False}, {}, None])
def test_only_where_the_server_is_known_to_take_pipelines(supports: Any) -> None:
    world = at_site(*cameras(5, 0), servers=[(SHOP, server(Supports=supports))])
    assert findings(world, "device_not_enabled") == []


def test_a_camera_that_does_not_say_whether_it_is_enabled_is_not_counted() -> None:
    assert findings(at_site(*cameras(5, 0, Enabled=None)), "device_not_enabled") == []


# Files for the runtime ------------------------------------------------------------------------------------------------


def test_a_runtime_that_no_file_of_the_model_serves() -> None:
    world = at_site(device(0, model()), servers=[(SHOP, HAILO)], models=[model()])
    [found] = findings(world, "runtime_unserved")
    assert found["severity"] == "error" and "has no file for the runtime Hailo-8L" in found["what"]
    assert (found["site"], found["device"], found["model"]) == (SHOP.id, device(0).id, model().uuid)


@pytest.mark.parametrize(
    ("made", "runtime"),
    [
        (model(), "Nx CPU"),
        (model(), None),
        (model(), "A runtime of next year"),
        (model(Downloads=[{"MIMEType": "application/x-onnx; device=hailo"}]), "Hailo-8"),
        (model(Downloads=None), "Hailo-8"),
        (model(Downloads=[]), "Hailo-8"),
        (model(Status="processing"), "Hailo-8"),
    ],
)
def test_nothing_is_said_of_a_runtime_that_is_served_or_of_which_it_is_not_known(made: Model, runtime: Any) -> None:
    world = at_site(device(0, made), servers=[(SHOP, server(Runtime=runtime))], models=[made])
    assert findings(world, "runtime_unserved") == []


def test_a_server_is_found_by_its_name_where_the_device_has_no_id_for_it() -> None:
    named = device(0, model(), Server={"Name": "Server 0"})
    both = at_site(named, servers=[(SHOP, HAILO)], models=[model()])
    twice = at_site(named, servers=[(SHOP, HAILO), (SHOP, server(1, Name="Server 0"))], models=[model()])
    assert len(findings(both, "runtime_unserved")) == 1 and findings(twice, "runtime_unserved") == []


# Releases -------------------------------------------------------------------------------------------------------------

OLD, NEW = model(1, "Person@1", UpdatedAt="2026-01-01"), model(2, "Person@2", UpdatedAt="2026-02-01")


def test_releases_that_run_nowhere() -> None:
    others = [model(3, "Person"), model(4, "Else@1", Organisation=organisation(STRANGERS)), model(5, "@1")]
    chained = device(0, nxAI={"pipelines": [{"modelUUID": uuid("x"), "chains": [{"modelUUID": OLD.uuid}]}]})
    world = at_site(chained, models=[OLD, NEW, *others])
    [found] = findings(world, "release_unused")
    assert (found["where"], found["severity"]) == ("Person@2", "note") and status(world, "releases") == "ok"


@pytest.mark.parametrize(
    "parts",
    [
        {"sites": [SHOP, site(1, Status="offline")]},
        {"devices": [(SHOP, device(0, nxAI=None))]},
        {"errors": {"devices": [Refused("GET x", "HTTP 500", status=500)]}},
        {"all_sites": False},
        {"devices": None},
    ],
)
def test_no_release_is_called_unused_where_not_all_is_known(parts: dict[str, Any]) -> None:
    world = at_site(models=[NEW], **parts)
    assert findings(world, "release_unused") == [] and status(world, "releases") == "unknown"
    assert status(at_site(models=[model()], **parts), "releases") == "ok"  # there are none to judge


# Catalogues -----------------------------------------------------------------------------------------------------------


def of_theirs(*models: Model, **shelf: Any) -> Seen:
    """A camera of another organisation, and one of ours, run the first of these models."""
    rows = [(site(0), device(0, models[0])), (site(1, THEIRS), device(1, models[0]))]
    return seen(sites=[site(0), site(1, THEIRS)], devices=rows, models=list(models), catalogues=[catalogue(**shelf)])


SHARED = {"Organisations": [organisation(STRANGERS)]}


def test_a_model_that_no_catalogue_shows_to_the_organisation_of_its_cameras() -> None:
    [found] = findings(of_theirs(model(), **SHARED), "model_hidden")
    assert found["what"] == "it is assigned to 1 camera of Theirs, and no catalogue shows it to Theirs"
    assert (found["model"], found["cameras"], found["site"]) == (model().uuid, 1, None)


def test_a_model_in_no_catalogue_is_hidden_from_others_and_not_told_twice() -> None:
    result = diagnose(of_theirs(model(catalogues=[])))
    problems = {each["problem"] for each in result["findings"] if each["check"] == "models_catalogued"}
    assert problems == {"model_hidden"}


@pytest.mark.parametrize(
    ("made", "shelf"),
    [
        (model(), {"Organisations": [organisation(THEIRS)]}),
        (model(), {"owner": THEIRS, **SHARED}),
        (model(), {}),  # it does not say whom it is shared with
        (model(), {"Organisations": [{"Name": "Theirs"}]}),
        (model(catalogues=[uuid("catalogue", 7)]), SHARED),  # which this account does not see
        (model(Catalogues=None), SHARED),
        (model(Organisation=None), SHARED),
        (model(Organisation=organisation(STRANGERS)), SHARED),
    ],
)
def test_nothing_is_said_of_a_model_that_is_shown_or_of_which_it_is_not_known(made: Model, shelf: Any) -> None:
    assert findings(of_theirs(made, **shelf), "model_hidden") == []


def test_a_release_that_came_later_and_that_they_do_not_see() -> None:
    earlier = model(3, "Person@0", [], UpdatedAt="2025-01-01")
    other = model(4, "Person@3", [], UpdatedAt=None)
    hidden = model(2, "Person@2", [], UpdatedAt="2026-02-01")
    [found] = findings(of_theirs(OLD, hidden, earlier, other, Organisations=[organisation(THEIRS)]), "model_hidden")
    assert found["model_name"] == "Person@2"
    assert (
        found["what"]
        == "an earlier release of it is assigned to 1 camera of Theirs, and no catalogue shows it to Theirs"
    )


def test_also_where_other_cameras_run_it_and_once_where_theirs_do() -> None:
    hidden = model(2, "Person@2", [], UpdatedAt="2026-02-01")
    world = of_theirs(OLD, hidden, Organisations=[organisation(THEIRS)])
    ours = replace(world, devices=[*(world.devices or ()), (site(0), device(5, hidden))])
    both = replace(ours, devices=[*(ours.devices or ()), (site(1, THEIRS), device(6, hidden))])
    for each, need in ((ours, "an earlier release of it is assigned to"), (both, "it is assigned to")):
        [found] = findings(each, "model_hidden")
        assert found["what"] == f"{need} 1 camera of Theirs, and no catalogue shows it to Theirs"


def test_a_site_of_nobody_makes_a_model_of_nobody_not_ours() -> None:
    world = of_theirs(model(Organisation=None, Catalogues=[]))
    nobodys = replace(world, sites=[*(world.sites or ()), site(2, Organisation=None)])
    assert findings(nobodys, "model_hidden") == []


# The contract ---------------------------------------------------------------------------------------------------------


def lines(world: Seen) -> set[str]:
    return {each["where"] for each in findings(world, "contract_inferred")}


def test_lines_that_are_inferred_and_in_use_are_one_problem_and_no_reason_to_worry() -> None:
    world = at_site(device(0, Group="x"))
    told = lines(world)
    assert {"fields.device.enabled", "fields.device.group", "fields.site.id", "operations.list_sites.path"} <= told
    assert "fields.device.pipelines" not in told, "it was observed"
    assert "fields.server.licensed" not in told, "no row has it"
    assert "words.online" in told and "words.failed" not in told
    assert status(world, "contract") == "ok"
    assert [each["problem"] for each in diagnose(world)["problems"]].count("contract_inferred") == 1
    assert diagnose(world)["counts"]["note"] == len(told)


def test_a_line_of_the_contract_file_is_confirmed() -> None:
    given = contract_of(
        {
            "fields": {"device": {"enabled": "Enabled"}},
            "operations": {"list_sites": {"path": "/systems"}},
            "words": {"online": ["connected"]},
        }
    )
    before, after = lines(at_site(device(0))), lines(at_site(device(0), lines=given))
    assert before - after == {"fields.device.enabled", "operations.list_sites.path", "words.online"}


# What could not be read -----------------------------------------------------------------------------------------------


def failing(error: Any, *parts: str) -> Seen:
    return seen(errors={part: [error] for part in parts}, **dict.fromkeys(parts))


ALL = ("contract", "catalogues", "models", "sites", "servers", "devices")


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (Refused("GET /dev/systems", "HTTP 503", "Wait.", 503), "unread"),
        (Refused("GET /dev/systems", "HTTP 401", "Sign in.", 401), "token_refused"),
        (SignInFailed("Sign in", "no", "Sign in."), "token_refused"),
        (Unreachable("GET /dev/systems", "no connection", "Look."), "unreachable"),
        (Unreachable("GET /dev/systems", "no trust", "Look.", permanent=True), "tls_refused"),
    ],
)
def test_one_cause_is_one_problem_wherever_it_is_seen(error: Any, problem: str) -> None:
    result = diagnose(failing(error, *ALL))
    assert [each["problem"] for each in result["problems"]] == [problem]
    assert len(result["table"].splitlines()) <= 10
    unknown = {each["check"] for each in result["checks"] if each["status"] == "unknown"}
    assert {"devices", "servers", "models_fit"} <= unknown
    assert ("token" in unknown) == (problem not in ("token_refused",))


def test_sites_that_fail_are_one_problem_for_each_way_they_fail_and_say_where() -> None:
    failed = [
        Refused(f"GET {number}", f"HTTP {500 + number % 2} at {number}", "Wait.", 500 + number % 2)
        for number in range(9)
    ]
    unread = [("devices", site(number), error) for number, error in enumerate(failed)]
    world = seen(sites=[each for _part, each, _error in unread], unread=unread, errors={"devices": failed})
    result = diagnose(world)
    told = [
        (each["problem"], each["findings"], each["sites"]) for each in result["problems"] if each["severity"] == "error"
    ]
    assert told == [("unread", 5, 5), ("unread", 4, 4)]
    assert {each["site"] for each in findings(world, "unread")} == {site(number).id for number in range(9)}


def test_a_site_that_turns_out_to_be_off_line_is_one_and_no_error() -> None:
    error = SiteOffLine("look at the site", "it is off-line")
    unread = [("servers", SHOP, error), ("devices", SHOP, error)]
    world = seen(sites=[SHOP], unread=unread, errors={"servers": [error], "devices": [error]})
    assert [each["site"] for each in findings(world, "site_offline")] == [SHOP.id]
    assert status(world, "devices") == "ok" and diagnose(world)["counts"]["error"] == 0


@pytest.mark.parametrize("part", ["catalogues", "models", "sites", "servers", "devices"])
def test_nothing_is_said_of_what_could_not_be_read(part: str) -> None:
    """Each finding without the part is one that is there with it, too, or says that it could not be read."""
    whole = all_wrong(12)
    error = Refused("GET it", "HTTP 500", status=500)
    parts = (part, "servers", "devices") if part == "sites" else (part,)
    blind = replace(whole, errors={**whole.errors, part: [error]}, **dict.fromkeys(parts))
    before, after = (
        {(each["problem"], each["where"]) for each in diagnose(world)["findings"]} for world in (whole, blind)
    )
    assert {problem for problem, _where in after - before} <= {"unread", "model_pending"}


# All together ---------------------------------------------------------------------------------------------------------


def test_every_finding_is_of_a_kind_that_is_known_and_names_what_it_is_about() -> None:
    result = diagnose(all_wrong(12))
    told = {each["problem"] for each in result["findings"]}
    assert told >= {
        kind.name for kind in KINDS.values() if kind.check in ("servers", "devices", "models_fit", "models_ready")
    }
    assert {each["check"] for each in result["findings"]} <= set(CHECKS)
    for each in result["findings"]:
        noun = KINDS[each["problem"]].noun
        assert (each["device"] is not None and each["site"] is not None) == (noun == "camera"), each
        assert (each["model"] is not None) == (noun in ("model", "release") or each["problem"] == "runtime_unserved")
        assert each["advice"] and each["what"] and each["where"]


def test_numbers_of_a_problem_count_each_camera_and_each_site_once() -> None:
    both = device(0, nxAI={"pipelines": [{"modelUUID": uuid("gone", 1)}, {"modelUUID": uuid("gone", 2)}]})
    [problem] = [each for each in diagnose(at_site(both, device(1)))["problems"] if each["problem"] == "model_unseen"]
    assert (problem["findings"], problem["cameras"], problem["sites"]) == (2, 1, 1)
