# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two looks and the events between them: what is told, and what is not told of what cannot be seen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.nxai.cloud.plugins.module_utils._api.records.records import (
    Catalogue,
    Device,
    Model,
    Server,
    Site,
)
from ansible_collections.nxai.cloud.plugins.plugin_utils._events.comparison import (
    Event,
    compare_catalogues,
    compare_devices,
    compare_models,
    compare_servers,
    compare_sites,
)
from ansible_collections.nxai.cloud.plugins.plugin_utils._events.snapshot import Snapshot

SITE = "00000000-0000-4000-8000-000000000001"
ONE, OTHER = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222")
UNKNOWN = "unknown"


def nxid(number: int) -> str:
    return f"{{0000000{number}-0000-4000-8000-000000000000}}"


def site(name: str = "Shop", online: Any = True, own_id: str = SITE) -> Site:
    return Site.from_api({"UUID": own_id, "Name": name, "Online": online})


def device(number: int, name: str = "Till", server: str = "A", runs: Any = ()) -> Device:
    """``runs``: the models, or UNKNOWN."""
    pipelines = {"wrong": 1} if runs == UNKNOWN else [{"modelUUID": each, "modelNMS": 0.4} for each in runs]
    row = {"NxID": nxid(number), "Name": name, "Server": {"UUID": f"id-{server}", "Name": server}}
    return Device.from_api({**row, "nxAI": {"pipelines": pipelines}})


def model(uuid: str, name: str, status: str, catalogues: Sequence[str] | None = ()) -> Model:
    row = {"UUID": uuid, "Name": name, "Status": status, "Code": {"Status": status}}
    return Model.from_api(row if catalogues is None else {**row, "Catalogues": list(catalogues)})


def kinds(events: Sequence[Mapping[str, Any]]) -> list[str]:
    return [event["kind"] for event in events]


def at_site(*devices: Device) -> Snapshot:
    """After the first look at a site, which tells nothing."""
    snapshot, events = compare_sites(Snapshot(), [site()])
    snapshot, more = compare_devices(snapshot, SITE, devices)
    assert events == more == []
    return snapshot


def test_a_site_that_goes_and_comes_back() -> None:
    then, _none = compare_sites(Snapshot(), [site()])
    then, events = compare_sites(then, [site(online=False)])
    assert events == [{"kind": "site_offline", "site_id": SITE, "site_name": "Shop"}]
    then, events = compare_sites(then, [site(online=None)])
    assert events == []  # nobody knows
    then, events = compare_sites(then, [site("Shop 7")])
    assert events == [{"kind": "site_online", "site_id": SITE, "site_name": "Shop 7"}]


def test_a_site_that_is_listed_no_more_keeps_what_is_known_of_it() -> None:
    then = at_site(device(1, runs=[ONE]))
    then, events = compare_sites(then, [site("Other", own_id=OTHER)])
    assert kinds(events) == ["site_added", "site_removed"]
    then, events = compare_sites(then, [site("Other", own_id=OTHER)])
    assert events == []
    then, events = compare_sites(then, [site(), site("Other", own_id=OTHER)])
    assert kinds(events) == ["site_added"]
    then, events = compare_devices(then, SITE, [device(1, runs=[OTHER])])
    assert kinds(events) == ["assignment_changed"]


def test_servers() -> None:
    def server(status: Any = "running", plugin: str = "4.2") -> Server:
        return Server.from_api({"UUID": "s", "Name": "A", "Status": status, "AIPluginVersion": plugin})

    then, _none = compare_sites(Snapshot(), [site()])
    then, events = compare_servers(then, SITE, [server()])
    assert events == []
    then, events = compare_servers(then, SITE, [server("stopped", "5.0")])
    where = {"site_id": SITE, "site_name": "Shop", "server_id": "s", "server_name": "A"}
    assert events == [
        {"kind": "server_stopped", "status": "stopped", **where},
        {"kind": "plugin_updated", "version_before": "4.2", "version_after": "5.0", **where},
    ]
    for unseen in ([], [server(None, "")]):
        then, events = compare_servers(then, SITE, unseen)
        assert events == []
    then, events = compare_servers(then, SITE, [server("Online", "5.0")])
    assert kinds(events) == ["server_running"]


def test_devices_come_go_and_move() -> None:
    then = at_site(device(1), device(2))
    then, events = compare_devices(then, SITE, [device(2, server="B"), device(3, "Door")])
    assert kinds(events) == ["device_moved", "device_added", "device_removed"]
    moved, added, removed = events
    assert (moved["server_name_before"], moved["server_name"]) == ("A", "B")
    assert (added["device_id"], added["device_name"], removed["device_id"]) == (nxid(3), "Door", nxid(1))


def test_what_was_changed_says_before_and_after() -> None:
    then, _none = compare_models(at_site(device(1, runs=[ONE])), [model(ONE, "Person@6", "ok")])
    _then, (event,) = compare_devices(then, SITE, [device(1, runs=[OTHER])])
    assert (event["models_before"], event["models_after"]) == (["Person@6"], [OTHER])
    assert [each["model"] for each in event["before"]] == [ONE]
    assert [each["model"] for each in event["after"]] == [OTHER]


def test_what_cannot_be_seen_is_neither_gone_nor_changed() -> None:
    then = at_site(device(1, runs=[ONE]), device(2))
    then, events = compare_devices(then, SITE, [])
    assert events == []
    then, events = compare_devices(then, SITE, [device(1, runs=UNKNOWN), device(2)])
    assert events == []
    then, events = compare_devices(then, SITE, [device(1, runs=[ONE]), device(2)])
    assert events == []
    then, events = compare_devices(then, SITE, [device(1, runs=[]), device(2)])
    assert kinds(events) == ["assignment_changed"]


def test_rows_of_one_camera_that_differ_tell_nothing() -> None:
    then = at_site(device(1, "Till", "A", [ONE]))
    twice = Device.listed([device(1, "Till", "A", [ONE]).raw, device(1, "Door", "B", []).raw])
    now, events = compare_devices(then, SITE, twice)
    assert events == [] and now == then


def test_models_and_catalogues() -> None:
    def catalogue(uuid: str, name: str) -> Catalogue:
        return Catalogue.from_api({"UUID": uuid, "Name": name})

    first = [model(ONE, "Person@6", "ok", ["c"])]
    then, events = compare_models(Snapshot(), first)
    then, more = compare_catalogues(then, [catalogue("c", "Shops")], None)
    assert events == more == []
    listed = [*first, model(OTHER, "Person@7", "pending", ["c"])]
    now, events = compare_models(then, listed)
    now, more = compare_catalogues(now, [catalogue("c", "Shops")], then.models)
    assert events == []
    (event,) = more
    assert (event["change"], event["models_added"], event["models_removed"]) == ("changed", ["Person@7"], [])
    for state, kind in (("ok", "model_ready"), ("failed", "model_failed")):
        _now, (event,) = compare_models(now, [*first, model(OTHER, "Person@7", state, ["c"])])
        assert (event["kind"], event["model_name"]) == (kind, "Person@7")
    hidden, _none = compare_models(now, [model(ONE, "Person@6", "ok", None), model(OTHER, "Person@7", "ok", ["c"])])
    _hidden, more = compare_catalogues(hidden, [catalogue("c", "Shops")], now.models)
    assert more == []
    _now, (renamed,) = compare_catalogues(now, [catalogue("c", "Stores")], now.models)
    assert (renamed["name_before"], renamed["catalogue_name"]) == ("Shops", "Stores")
    _now, (gone,) = compare_catalogues(now, [], now.models)
    assert (gone["change"], gone["catalogue_name"]) == ("removed", "Shops")


def test_a_model_that_is_not_listed_or_shows_no_state_for_a_while_is_not_ready_anew() -> None:
    """What follows from model_ready is a rollout: to a canary, of every release that there ever was."""
    shops = [Catalogue.from_api({"UUID": "c", "Name": "Shops"})]
    both = [model(ONE, "Person@6", "ok", ["c"]), model(OTHER, "Person@7", "ok", ["c"])]
    then, _none = compare_models(Snapshot(), both)
    then, _none = compare_catalogues(then, shops, None)
    for shown in (both[1:], [Model.from_api({"UUID": ONE, "Name": "Person@6"}), both[1]]):
        less, events = compare_models(then, shown)
        less = Snapshot.from_data(json.loads(json.dumps(less.to_data())))
        again, more = compare_models(less, both)
        assert events == more == [] and again == then
    gone, _none = compare_models(then, both[1:])
    _gone, (event,) = compare_catalogues(gone, shops, then.models)
    assert (event["models_added"], event["models_removed"]) == ([], ["Person@6"])
    _again, (event,) = compare_catalogues(compare_models(gone, both)[0], shops, gone.models)
    assert (event["models_added"], event["models_removed"]) == (["Person@6"], [])


LISTING = st.dictionaries(
    st.integers(1, 5),
    st.tuples(st.sampled_from("AB"), st.sampled_from([(), (ONE,), (OTHER,), (ONE, OTHER)])),
    min_size=1,
)
HIDDEN = st.frozensets(st.integers(1, 5))


def listing(cameras: Mapping[int, tuple[str, Sequence[str]]], hidden: frozenset[int] = frozenset()) -> list[Device]:
    return [
        device(number, f"Camera {number}", server, UNKNOWN if number in hidden else runs)
        for number, (server, runs) in cameras.items()
    ]


@settings(deadline=None)
@given(LISTING, LISTING)
def test_the_events_are_the_difference(before: Any, after: Any) -> None:
    then = at_site(*listing(before))
    now, events = compare_devices(then, SITE, listing(after))

    def told(kind: str) -> set[int]:
        numbers = [int(event["device_id"][8]) for event in events if event["kind"] == kind]
        assert len(numbers) == len(set(numbers))
        return set(numbers)

    both = before.keys() & after.keys()
    assert told("device_added") == after.keys() - before.keys()
    assert told("device_removed") == before.keys() - after.keys()
    assert told("device_moved") == {each for each in both if before[each][0] != after[each][0]}
    assert told("assignment_changed") == {each for each in both if before[each][1] != after[each][1]}
    assert compare_devices(now, SITE, listing(after)) == (now, [])


@settings(deadline=None)
@given(LISTING, LISTING, HIDDEN)
def test_a_look_that_sees_less_in_between_changes_nothing(before: Any, after: Any, hidden: Any) -> None:
    """Also where what is known was written to a file and read again."""
    then = at_site(*listing(before))
    seen, events = compare_devices(then, SITE, listing(before, hidden))
    seen, more = compare_devices(seen, SITE, [])
    assert events == more == []
    seen = Snapshot.from_data(json.loads(json.dumps(seen.to_data())))
    assert seen == then
    assert compare_devices(seen, SITE, listing(after)) == compare_devices(then, SITE, listing(after))


@settings(deadline=None)
@given(LISTING, LISTING, HIDDEN)
def test_pipelines_that_are_hidden_are_never_told_of(before: Any, after: Any, hidden: Any) -> None:
    _now, events = compare_devices(at_site(*listing(before)), SITE, listing(after, hidden))
    changed: list[Event] = [event for event in events if event["kind"] == "assignment_changed"]
    assert not hidden & {int(event["device_id"][8]) for event in changed}


def test_every_part_survives_the_file() -> None:
    then = at_site(device(1, runs=[ONE]), device(2, runs=UNKNOWN))
    then, _none = compare_servers(then, SITE, [Server.from_api({"UUID": "s", "Name": "A", "Status": "running"})])
    then, _none = compare_models(then, [model(ONE, "Person@6", "ok", ["c"]), model(OTHER, "x", "ok", None)])
    then, _none = compare_catalogues(then, [Catalogue.from_api({"UUID": "c", "Name": "Shops"})], None)
    assert Snapshot.from_data(json.loads(json.dumps(then.to_data()))) == then
    assert Snapshot.from_data(json.loads(json.dumps(Snapshot().to_data()))) == Snapshot()
    assert replace(then, models=None) != then
