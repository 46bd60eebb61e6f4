# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was changed behind the back is named, each kind of it, and nothing where nothing was changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from module_runs import Calls, RunModule

from simulator.records import Catalogue, Device, Model
from simulator.testing import Served

A, B, C, FOREIGN = (f"459d2273-1514-431c-9d34-f5b72f3bfe2{digit}" for digit in "0123")
MARK = "<!-- nxai.cloud file sha256:" + 64 * "a" + " size:7 -->"


def pipeline(model: str, **more: Any) -> dict[str, Any]:
    return {
        "modelUUID": model, "modelNMS": 0.42, "resizingMethod": "Letterbox", "Preprocessor": "", "Postprocessor": "",
        "chains": [], **more,
    }  # fmt: skip


CHAINED = pipeline(A, modelNMS=0.7, chains=[{"Method": "Crop", "modelUUID": B}], Future={"kept": [1, 2.5, None]})


def shop(name: str) -> dict[str, Any]:
    devices = [
        {"name": "Door", "pipelines": [pipeline(A)]},
        {"name": "Till", "pipelines": [pipeline(A)]},
        {"name": "Yard", "pipelines": [CHAINED, pipeline(B)]},
        {"name": "Spare"},
    ]
    return {"name": name, "servers": [{"name": "S", "devices": devices}]}


def members(**more: Any) -> dict[str, Any]:
    details = {"means": [0.0], "vars": [1.0], "height": 320}
    return {"Documentation": f"# Text\n\n{MARK}", "InputDriverDetails": details, "Alias": "person", **more}


WORLD: dict[str, Any] = {
    "times": {"record": 0, "code": 0, "assignment": 0},
    "organisations": ["Retail", "Other"],
    "accounts": [{"email": "demo@example.com", "password": "demo", "organisations": ["Retail"]}],
    "catalogues": ["Shop models", {"name": "Theirs", "organisation": "Other", "public": True}],
    "models": [
        {"name": "Person@7", "id": A, "catalogues": ["Shop models"], "members": members()},
        {"name": "Face blur", "id": B},
        {"name": "Person@6", "id": C},
        {"name": "Foreign", "id": FOREIGN, "organisation": "Other", "catalogues": ["Theirs"]},
    ],
    "sites": [shop("Shop 1"), shop("Shop 2"), shop("Depot")],
}
Change = Callable[[Served], None]


@pytest.fixture
def file(cloud: Served, run_module: RunModule, tmp_path: Path) -> Path:
    """The estate as it was written down."""
    cloud.reset(seed=WORLD)
    place(cloud, "Depot").online = False
    path = tmp_path / "estate.yml"
    path.write_text(run_module("nxai_estate_info")["files"][0]["text"], encoding="utf-8")
    cloud.clear_log()
    return path


def place(cloud: Served, name: str) -> Any:
    return next(each for each in cloud.world.sites.values() if each.name == name)


def camera(cloud: Served, site: str, name: str) -> Device:
    found: Device = next(each for each in place(cloud, site).devices.values() if each.name == name)
    return found


def runs(site: str, name: str, *pipelines: dict[str, Any]) -> Change:
    def change(cloud: Served) -> None:
        camera(cloud, site, name).pipelines = list(pipelines)

    return change


def model(uuid: str = A, **changes: Any) -> Change:
    def change(cloud: Served) -> None:
        for name, value in changes.items():
            setattr(cloud.world.models[uuid], name, value)

    return change


def has(**changes: Any) -> Change:
    return lambda cloud: cloud.world.models[A].members.update(changes)


def shelf(cloud: Served, name: str) -> str:
    return next(each.uuid for each in cloud.world.catalogues.values() if each.name == name)


def moved(cloud: Served) -> None:
    cloud.world.models[A].catalogues = [shelf(cloud, "Theirs")]


def twin(cloud: Served) -> None:
    cloud.world.models[FOREIGN].name = "Person@7"


def everywhere(cloud: Served) -> None:
    for site in ("Shop 1", "Shop 2"):
        for name in ("Door", "Till"):
            runs(site, name, pipeline(C))(cloud)


def gone(site: str, name: str) -> Change:
    def change(cloud: Served) -> None:
        place(cloud, site).devices.pop(camera(cloud, site, name).nxid)

    return change


def come(cloud: Served) -> None:
    there = camera(cloud, "Shop 1", "Door")
    nxid = "{11111111-2222-4333-8444-555555555555}"
    place(cloud, "Shop 1").devices[nxid] = Device(nxid, "New", there.server, pipelines=[pipeline(B)])


def added_model(cloud: Served) -> None:
    uuid = "11111111-2222-4333-8444-555555555555"
    cloud.world.models[uuid] = Model(uuid, "Stranger", cloud.world.models[A].owner, {})


def added_catalogue(cloud: Served) -> None:
    uuid = "11111111-2222-4333-8444-555555555555"
    cloud.world.catalogues[uuid] = Catalogue(uuid, "New shelf", cloud.world.models[A].owner)


def renamed_catalogue(cloud: Served) -> None:
    cloud.world.catalogues[shelf(cloud, "Shop models")].name = "Retail models"


def renamed(site: str, name: str = "") -> Change:
    def change(cloud: Served) -> None:
        (camera(cloud, site, name) if name else place(cloud, site)).name = "Other name"

    return change


def lost_site(cloud: Served) -> None:
    del cloud.world.sites[place(cloud, "Shop 2").id]


def new_site(cloud: Served) -> None:
    found = place(cloud, "Shop 2")
    cloud.world.sites["x"] = type(found)("11111111-2222-4333-8444-555555555555", "Shop 3", found.owner)


KINDS: dict[str, tuple[Change, list[str]]] = {
    "another model": (
        runs("Shop 1", "Door", pipeline(C)),
        ["Door at Shop 1: Person@6 instead of Person@7"],
    ),
    "another model on many": (
        everywhere,
        [
            "4 cameras at 2 shops: Person@6 instead of Person@7 "
            "(Door at Shop 1, Till at Shop 1, Door at Shop 2 and 1 more)"
        ],
    ),
    "a model more": (runs("Shop 1", "Door", pipeline(A), pipeline(C)), ["Door at Shop 1: also Person@6"]),
    "a model less": (runs("Shop 1", "Yard", CHAINED), ["Yard at Shop 1: without Face blur"]),
    "nothing": (runs("Shop 1", "Door"), ["Door at Shop 1: nothing instead of Person@7"]),
    "something": (runs("Shop 1", "Spare", pipeline(A)), ["Spare at Shop 1: Person@7 instead of nothing"]),
    "another order": (
        runs("Shop 1", "Yard", pipeline(B), CHAINED),
        ["Yard at Shop 1: in another order: Face blur, Person@7 instead of Person@7, Face blur"],
    ),
    "a threshold": (
        runs("Shop 1", "Till", pipeline(A, modelNMS=0.5)),
        ["Till at Shop 1: Person@7: nms is 0.5 instead of 0.42"],
    ),
    "no threshold": (
        runs("Shop 1", "Till", pipeline(A, modelNMS=None)),
        ["Till at Shop 1: Person@7: nms is not told instead of 0.42"],
    ),
    "resizing": (
        runs("Shop 1", "Till", pipeline(A, resizingMethod="Crop")),
        ["Till at Shop 1: Person@7: resizing_method is crop instead of letterbox"],
    ),
    "a postprocessor": (
        runs("Shop 1", "Till", pipeline(A, Postprocessor="Counter")),
        ["Till at Shop 1: Person@7: postprocessor is Counter instead of none"],
    ),
    "a preprocessor": (
        runs("Shop 1", "Till", pipeline(A, Preprocessor="Denoise")),
        ["Till at Shop 1: Person@7: preprocessor is Denoise instead of none"],
    ),
    "a chain": (
        runs("Shop 1", "Yard", {**CHAINED, "chains": [{"Method": "Crop", "modelUUID": C}]}, pipeline(B)),
        ["Yard at Shop 1: Person@7: other chains"],
    ),
    "an unknown key": (
        runs("Shop 1", "Yard", {**CHAINED, "Future": 2, "More": 1}, pipeline(B)),
        [
            'Yard at Shop 1: Person@7: extra: Future is 2 instead of {"kept": [1, 2.5, null]}; '
            "Person@7: extra: also More"
        ],
    ),
    "an unknown key more": (
        runs("Shop 1", "Yard", {**CHAINED, "More": 1}, pipeline(B)),
        ["Yard at Shop 1: Person@7: extra: also More. To apply the file takes no such key away; an export takes it in"],
    ),
    "an unknown key gone": (
        runs("Shop 1", "Yard", {key: value for key, value in CHAINED.items() if key != "Future"}, pipeline(B)),
        ["Yard at Shop 1: Person@7: extra: without Future"],
    ),
    "metadata": (has(Alias="people"), ["model Person@7: alias is people instead of person"]),
    "documentation": (
        has(Documentation=f"# Other\n\n{MARK}"),
        ["model Person@7: it has another documentation"],
    ),
    "a file": (
        has(Documentation="# Text\n\n" + MARK.replace("a" * 64, "b" * 64)),
        ["model Person@7: it has another file (bbbbbbbbbbbb… instead of aaaaaaaaaaaa…)"],
    ),
    "normalisation": (
        has(InputDriverDetails={"means": [9.0], "vars": [1.0], "height": 320}),
        ["model Person@7: means is [9.0] instead of [0.0]"],
    ),
    "details": (
        has(OutputDriverDetails={"postProcessing": None, "new": 1}),
        [],  # only the keys that the file has count
    ),
    "catalogues of a model": (moved, ["model Person@7: it is in Theirs, not in Shop models"]),
    "a model gone": (
        lambda cloud: cloud.world.remove_model(cloud.world.models[C]),
        ["model Person@6: it is not in the cloud"],
    ),
    "a model added": (added_model, ["model Stranger: the file does not name it"]),
    "a model renamed": (
        model(C, name="Person@6b"),
        ["model Person@6: it is not in the cloud", "model Person@6b: the file does not name it"],
    ),
    "a catalogue added": (added_catalogue, ["catalogue New shelf: the file does not name it"]),
    "a catalogue renamed": (
        renamed_catalogue,
        [
            "catalogue Retail models: the file does not name it",
            "catalogue Shop models: it is not in the cloud",
            "model Person@7: it is in Retail models, not in Shop models",
        ],
    ),
    "a camera gone": (gone("Shop 1", "Till"), ["Till at Shop 1: not seen at its shop any more"]),
    "a camera added": (come, ["New at Shop 1: the file does not name it; it runs Face blur"]),
    "a camera renamed": (renamed("Shop 1", "Till"), ["Other name at Shop 1: it was called Till"]),
    "a site gone": (lost_site, ["Shop 2: the account does not see this shop any more"]),
    "a site added": (new_site, ["Shop 3: the file does not name it, and its devices were not read"]),
    "a site renamed": (renamed("Shop 2"), ["Other name: it was called Shop 2"]),
}


def compared(run_module: RunModule, file: Path, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = run_module("nxai_estate_info", path=str(file), **options)["comparison"]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_each_change_behind_the_back_is_named(
    cloud: Served, run_module: RunModule, writes: Calls, file: Path, kind: str
) -> None:
    change, expected = KINDS[kind]
    change(cloud)
    found = compared(run_module, file)
    assert sorted(found["summary"]) == sorted(expected) and found["drift"] is bool(expected)
    assert writes() == []


def test_there_are_at_least_twenty_kinds() -> None:
    assert len([kind for kind, (_change, expected) in KINDS.items() if expected]) >= 20


def test_nothing_is_named_where_nothing_was_changed(cloud: Served, run_module: RunModule, file: Path) -> None:
    """Nor where the service shows the same in another way."""
    found = compared(run_module, file)
    assert found["differences"] == [] and found["assignments"] == []
    assert found["not_known"] == ["Depot: the site is off-line"]
    yard = camera(cloud, "Shop 1", "Yard")
    yard.pipelines[0] = {**dict(reversed(CHAINED.items())), "modelNMS": 0.69999998807907104, "updatedAt": "now"}
    cloud.world.models = dict(reversed(cloud.world.models.items()))
    cloud.world.sites = dict(reversed(cloud.world.sites.items()))
    assert compared(run_module, file)["differences"] == []


def test_a_name_that_two_models_have_is_not_guessed(cloud: Served, run_module: RunModule, file: Path) -> None:
    twin(cloud)
    runs("Shop 1", "Door", pipeline(C))(cloud)
    found = compared(run_module, file)
    assert found["differences"] == [] and found["assignments"] == []
    assert found["not_known"] == [
        "model Person@7: 2 models have this name, and the file does not say which is meant",
        "Depot: the site is off-line",
        "6 cameras at 2 shops: several models are called Person@7: the file does not say which is meant "
        "(Door at Shop 1, Till at Shop 1, Yard at Shop 1 and 3 more)",
    ]


def test_what_is_not_known_is_named_apart(cloud: Served, run_module: RunModule, file: Path) -> None:
    runs("Shop 1", "Door", pipeline(A, modelNMS="high"))(cloud)
    cloud.world.models[A].members["Documentation"] = "# Text"
    cloud.fault("status", "list_devices", status=500, path=f"*{place(cloud, 'Shop 2').id}*", times=0)
    found = compared(run_module, file, retries=0)
    assert found["differences"] == []
    said = "\n".join(found["not_known"])
    assert "model Person@7: it does not say which file it was made of" in said
    assert "Shop 2: GET" in said and "HTTP 500" in said
    assert "Door at Shop 1: it is not known what it runs" in said


def test_a_setting_that_the_file_does_not_know_cannot_differ_from_its_default(
    cloud: Served, run_module: RunModule, file: Path
) -> None:
    """A camera that showed no setting has the default after the file was applied: that is no drift for ever."""
    silent = {name: value for name, value in pipeline(A).items() if name != "resizingMethod"}
    runs("Shop 1", "Door", silent)(cloud)
    file.write_text(run_module("nxai_estate_info")["files"][0]["text"])
    runs("Shop 1", "Door", pipeline(A))(cloud)
    found = compared(run_module, file)
    assert found["differences"] == [] and found["assignments"] == []
    assert "Door at Shop 1: the file does not say its resizing_method; it has the default now" in found["not_known"]
    runs("Shop 1", "Door", pipeline(A, resizingMethod="Crop"))(cloud)
    assert compared(run_module, file)["summary"] == [
        "Door at Shop 1: Person@7: resizing_method is crop instead of not told"
    ]
    runs("Shop 1", "Door", pipeline(A), pipeline(B))(cloud)
    assert compared(run_module, file)["drift"] is True


def test_the_declared_assignments_are_handed_on(cloud: Served, run_module: RunModule, file: Path) -> None:
    everywhere(cloud)
    runs("Shop 1", "Yard", pipeline(C))(cloud)
    found = compared(run_module, file)["assignments"]
    ids = {name: camera(cloud, "Shop 1", name).nxid for name in ("Door", "Till", "Yard")}
    chained = {
        "model": "Person@7", "nms": 0.7, "chains": [{"Method": "Crop", "modelUUID": "Face blur"}],
        "extra": {"Future": {"kept": [1, 2.5, None]}},
    }  # fmt: skip
    mine = [each for each in found if each["site"] == place(cloud, "Shop 1").id]
    assert [sorted(each["devices"]) for each in mine] == [sorted((ids["Door"], ids["Till"])), [ids["Yard"]]]
    assert [each["pipelines"] for each in mine] == [[{"model": "Person@7"}], [chained, {"model": "Face blur"}]]
    assert len(found) == 3


def test_only_the_sites_that_were_asked_for_count(cloud: Served, run_module: RunModule, file: Path) -> None:
    everywhere(cloud)
    found = compared(run_module, file, sites=["Shop 2"])
    assert found["summary"] == ["2 cameras at 1 shop: Person@6 instead of Person@7 (Door at Shop 2, Till at Shop 2)"]
    assert found["not_known"] == []
