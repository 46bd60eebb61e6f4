# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a user does with the collection. Each scene plays in a fresh world and ends early by ``Bad``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.demo_model import model
from tools.rollouts import what_cameras_had

from .tasks import Bad, Play, judged
from .world import CAMERAS, COUNTS, FINDS, FOREIGN, holds, lost_models, lost_pipelines, same, within


def _bytes(version: str) -> bytes:
    made = model()
    made.producer_name = version
    return bytes(made.SerializeToString())


CONTENT = {version: _bytes(version) for version in ("v1", "v2")}  # of one size
_DOCUMENTATION = "Counts queues & <b>tills</b>."
_UPLOAD: dict[str, Any] = {"documentation": _DOCUMENTATION, "catalogues": ["Fleet"], "wait_timeout": 120}
_IN_TURN: dict[str, Any] = {"concurrency": 1}  # one site after the other: the same at each run
_ALL: dict[str, Any] = {"sites": ["*"], "select": "all", "not_applicable": "skip", **_IN_TURN}
_QUEUE = [{"model": "Queue", "nms": 0.5}]
_WAITS: dict[str, Any] = {"wait_timeout": 60, "applicable_timeout": 60}


def file(play: Play, version: str) -> str:
    path: Path = play.folder / f"{version}.onnx"
    path.write_bytes(CONTENT[version])
    return str(path)


def _digest(version: str) -> str:
    return hashlib.sha256(CONTENT[version]).hexdigest()


def _wanted(kind: str, holds: bool, text: str, result: dict[str, Any] | None = None) -> None:
    """Raises unless it holds. What a task has warned of is not silent."""
    if not holds and not (result and result["warnings"] and kind == "silent"):
        raise Bad(kind, text)


def _one_model(play: Play, name: str, version: str, result: dict[str, Any]) -> None:
    found = play.truth().named(name)
    _wanted("lost", len(found) < 2, f"{len(found)} models are called {name}")
    _wanted("silent", len(found) == 1, f"there is no model {name}")
    _wanted("silent", found[0]["sha256"] == _digest(version), f"{name} is not made of {version}", result)


def _upload(play: Play, version: str = "v1") -> dict[str, Any]:
    _insisted(play, "nxai_catalogue", name="Fleet")
    result = _insisted(play, "nxai_model", name="Queue", file=file(play, version), **_UPLOAD)
    _one_model(play, "Queue", version, result)
    model = play.truth().named("Queue")[0]
    _wanted("silent", model["catalogues"] == ["Fleet"], f"Queue is in {model['catalogues']}", result)
    _wanted(
        "silent", model.get("Documentation", "").startswith(_DOCUMENTATION), "the documentation is not there", result
    )
    return result


def _insisted(play: Play, module: str, **options: Any) -> dict[str, Any]:
    """A task that creates something. Where it fails it is run again, as users do, which is to make no second one."""
    try:
        return play.task(module, **options)
    except Bad:
        play.attempt(module, **options)
        raise


def main_job(play: Play) -> None:
    """A catalogue, a model in it, and the model on every camera beside what runs there; then all of it again."""
    _shown(play)
    door = play.task("nxai_device_info", site="Shop 1", devices=["Door"])["devices"]
    _wanted("silent", len(door) == 1, f"Door at Shop 1 is {len(door)} cameras")
    servers = play.task("nxai_server_info", **_IN_TURN)
    found = {each["name"] for each in servers["servers"]}
    _wanted("silent", found == {"Server A", "Server B"}, f"nxai_server_info shows {sorted(found)}", servers)
    _upload(play)
    assigned = play.task("nxai_pipeline", pipelines=_QUEUE, **_ALL, **_WAITS)
    _assigned(play, CAMERAS, assigned)
    again = [
        play.task("nxai_catalogue", name="Fleet"),
        play.task("nxai_model", name="Queue", file=file(play, "v1"), **_UPLOAD),
        play.task("nxai_pipeline", pipelines=_QUEUE, **_ALL, **_WAITS),
    ]
    _one_model(play, "Queue", "v1", again[1])
    _assigned(play, CAMERAS, again[2])
    for name, each in zip(("catalogue", "model", "pipeline"), again, strict=True):
        _wanted("silent", not each["changed"], f"the second run changes again: {name}", each)


def _shown(play: Play) -> list[dict[str, Any]]:
    """The rows of all cameras that can be written to."""
    result = play.task("nxai_device_info", **_IN_TURN)
    rows = {(each["site"], each["device"]): each for each in result["devices"] if each["name"] != "Cellar"}
    _wanted("silent", len(rows) == len(CAMERAS), f"nxai_device_info shows {len(rows)} of {len(CAMERAS)}", result)
    _wanted("silent", any(each["name"] for each in rows.values()), "nxai_device_info knows no name", result)
    return list(rows.values())


def _assigned(play: Play, cameras: tuple[str, ...], result: dict[str, Any]) -> None:
    """Each camera has what it had, and the new model once."""
    left = [row for row in result["devices"] if row["status"] == "not_applicable" and row["name"] != "Cellar"]
    if left:  # the user has agreed to leave out what is off-line, but these are not
        raise Bad(*judged("nxai_pipeline", {"msg": f"{len(left)} cameras are left out", "devices": left}))
    now = play.truth()
    uuids = [uuid for uuid, each in now.models.items() if each["name"] == "Queue"]
    for name in cameras:
        runs = [each for each in now.cameras[name] if str(each.get("modelUUID", "")).lower() in uuids]
        had = play.before.cameras[name]
        _wanted("lost", within(had, now.cameras[name]), f"{name} had {json.dumps(had)}, has {now.cameras[name]}")
        _wanted("silent", len(runs) == 1, f"Queue runs {len(runs)} times on {name}", result)
        _wanted(
            "silent", same(runs[0].get("modelNMS", 0.5), 0.5), f"{name} has the threshold {runs[0].get('modelNMS')}"
        )


def rollout(play: Play) -> None:
    """As the role goes: two waves that replace what cameras have, gates, then all of it back."""
    _upload(play)
    try:
        _roll_out(play, _shown(play))
    except Bad as bad:
        if bad.kind in ("stops", "obscure") and (play.folder / "state").exists():
            _roll_back(play)  # as a user would after a rollout that failed
        raise
    now = play.truth()
    for name in CAMERAS:
        found = now.cameras[name]
        one = len(found) == 1 and now.models.get(str(found[0].get("modelUUID", "")).lower(), {}).get("name") == "Queue"
        _wanted("silent", one, f"the rollout is finished, and {name} has {json.dumps(found)}")
    _roll_back(play)
    now = play.truth()
    for name, had in play.before.cameras.items():
        _wanted("lost", same(now.cameras[name], had), f"back is {name} with {now.cameras[name]}, not with {had}")


def _step(play: Play, step: str, check: bool = False, **options: Any) -> dict[str, Any]:
    settings = {**_WAITS, **_IN_TURN}
    return play.task("nxai_rollout", check, path=str(play.folder / "state"), step=step, settings=settings, **options)


def _open(play: Play, **options: Any) -> dict[str, Any]:
    declaration = {"pipelines": _QUEUE, "state": "exact"}
    return _step(play, "open", name="r", declaration=declaration, waves=[1, "100%"], **options)


def _roll_out(play: Play, rows: list[dict[str, Any]]) -> None:
    opened = _open(play, devices=rows)
    for wave in opened["todo"]:
        for step in ("wave", "gate"):
            _breach(play, _step(play, step, run=opened["run"], wave=wave["number"]))
    _step(play, "close", run=opened["run"])


def _breach(play: Play, result: dict[str, Any]) -> None:
    if result["breach"]:
        report = json.loads((play.folder / "state" / "rollout-report.json").read_text())
        told = {"msg": " ".join([result["breach"], *result["warnings"]]), "devices": report["failures"]}
        raise Bad(*judged("the rollout", told))


def _roll_back(play: Play) -> None:
    opened = _open(play, action="rollback", devices=[])
    restored = _step(play, "restore", run=opened["run"])
    if restored["remaining"]:
        report = json.loads((play.folder / "state" / "rollout-report.json").read_text())
        raise Bad(*judged("the rollback", {"msg": "", "devices": report["not_back"]}))


def model_update(play: Play) -> None:
    """A new file under the same name, a change of a foreign model, and what is in use is not deleted."""
    _upload(play)
    change: dict[str, Any] = {"name": COUNTS, "height": 640, "catalogues": ["Fleet"], "wait_timeout": 120}
    for turn in ("first", "second"):
        result = play.task("nxai_model", **change)
        has = play.truth().models[FOREIGN]
        _wanted("silent", has["InputDriverDetails"].get("height") == 640, f"the height is not there, {turn}", result)
        _wanted("silent", "Fleet" in has["catalogues"], f"{COUNTS} is not in Fleet, {turn}", result)
    _wanted("silent", not result["changed"], "the second change of a model changes again")
    uuid = next(each for each, model in play.truth().models.items() if model["name"] == "Queue")
    result = play.task("nxai_model", name="Queue", file=file(play, "v2"), **_UPLOAD)
    _one_model(play, "Queue", "v2", result)
    _wanted("lost", uuid in play.truth().models, "the model has another UUID")
    for name in (COUNTS, FINDS):
        refusal = play.attempt("nxai_model", name=name, state="absent")
        _wanted("lost", bool(play.truth().named(name)), f"{name}, which is in use, is deleted")
        _wanted("silent", bool(refusal.get("failed")), f"{name} is reported as deleted")
        if "in use" not in refusal["msg"] and "use it" not in refusal["msg"] and "uses it" not in refusal["msg"]:
            kind, text = judged("nxai_model state=absent", refusal)
            _wanted(kind, kind == "stops", text)
    gone = play.task("nxai_model", name="Queue", state="absent")
    _wanted("silent", not play.truth().named("Queue"), "Queue is reported as deleted", gone)


_FOUND = "nxai_first_contact"


def first_contact(play: Play) -> str:
    """All stages, with a camera that runs something. Gives the path of the contract file, "" where it says nothing.

    Where cameras do not say what they run, the second stage is run again with the camera that the report offers, as it
    asks for; and where it asks whether a camera may lose what the service seems to say by itself, with the same camera.
    The first stage writes nothing, and after all of them everything is as it was.
    """
    where: dict[str, Any] = {"dir": str(play.folder)}
    play.attempt(_FOUND, **where)
    written = [call for call in play.layer.requests if call[0] != "GET" and not call[1].endswith("/token")]
    _wanted("lost", not written, f"the first stage of first contact sent {written}")
    door = f"{{{play.nxid('Door')}}}"
    result = play.attempt(_FOUND, device=door, create=True, try_refresh=True, **where)
    left = bool(result["left_behind"])
    if any("with first_contact_prove=one and a camera that may lose them" in each for each in result["questions"]):
        result = play.attempt(_FOUND, contract=result["files"]["contract"], device=door, prove="one", **where)
    for each in result.get("cameras", {}).get("unknown", []):
        if each["offered"]:
            offered = {"device": each["offered"], "site": each["offered_site"], "prove": "one"}
            result = play.attempt(_FOUND, contract=result["files"]["contract"], **offered, **where)
            left = left or bool(result["left_behind"])
    now = play.truth()
    told = [each["name"] for each in result["left_behind"] if each["kind"] == "pipeline"]
    for name, had in play.before.cameras.items():
        has = now.cameras[name]
        more = within(had, has) and any(each.endswith(f" on {name}") for each in told)  # the service takes none away
        _wanted("lost", more or same(has, had), f"after first contact {name} has {has}, not {had}")
    made = [each["name"] for uuid, each in now.models.items() if uuid not in play.before.models]
    made += (now.catalogues - play.before.catalogues).elements()
    _wanted("lost", not made or left, f"first contact has left {made}, and says nothing")
    return str(result["files"]["contract"]) if result["contract"] else ""


SCENES: dict[str, Callable[[Play], None]] = {"main job": main_job, "rollout": rollout, "model update": model_update}


def outcome(play: Play, scene: str) -> Bad | None:
    """How a scene ends: None where all is well."""
    found: Bad | None = None
    try:
        SCENES[scene](play)
    except Bad as bad:
        found = bad
    return _loss(play, scene) or found


def _loss(play: Play, scene: str) -> Bad | None:
    now = play.truth()
    changed = {"InputDriverDetails.height": 640} if scene == "model update" else {}
    losses = [*lost_models(play.before, now, changed)]
    losses += [] if scene == "rollout" else [*lost_pipelines(play.before, now)]
    kept = _kept(play) if scene == "rollout" else {}
    for name, had in play.before.cameras.items() if scene == "rollout" else ():
        saved = kept.get(play.nxid(name), [])
        if not within(had, now.cameras[name]) and not holds(saved, had):
            losses.append(f"{name} had {had}, has {now.cameras[name]}, and the snapshot holds {saved}")
    made = [each["name"] for uuid, each in now.models.items() if uuid not in play.before.models]
    losses += [f"one model was uploaded, and {', '.join(made)} are there"] if len(made) > 1 else []
    made = sorted((now.catalogues - play.before.catalogues).elements())
    losses += [f"one catalogue was created, and {', '.join(made)} are there"] if len(made) > 1 else []
    return Bad("lost", "; ".join(losses)) if losses else None


def _kept(play: Play) -> dict[str, Any]:
    """What the journal of the rollout could bring back, by the NxID of the camera."""
    found = what_cameras_had(play.folder / "state" / "journal.jsonl")
    return {nxid.strip("{}").lower(): had for (_site, nxid), had in found.items()}
