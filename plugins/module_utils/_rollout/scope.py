# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is declared: which pipelines, for which cameras. What may still change of it, and what is refused. Pure."""

from __future__ import annotations

import base64
import difflib
import json
import re
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._api.records.pipeline import with_models
from .._core.errors import BadInput
from .._core.limits import TooLarge, inflated, read_json
from .._core.values import identity, is_uuid
from .._core.wording import printable, shortened
from .._engine.lookup import is_glob
from .._pipelines.options import ASSIGNMENT, PIPELINE, SWAP
from .assignments import gathered, in_short
from .ledger import Camera, Key, Ledger, camera_key
from .waves import Row

STATES = ("present", "exact", "absent")
MOST_INVENTORY = 64 << 20  # bytes of the devices of an inventory: some 300,000
_MEMBERS = ("host", "site", "site_name", "device", "name", "unavailable")
_GO_ON = "Give what it was started with, or choose another pipeline_rollout_name."


# Text where data is meant, as surveys and -e give it


def value_of(given: Any) -> Any:
    """The data that a text stands for: of a list or dictionary in JSON or YAML. Other values as they are."""
    if not isinstance(given, str) or given.lstrip()[:1] not in ("[", "{", "-"):
        return given
    try:
        return json.loads(given)
    except (ValueError, RecursionError):
        pass
    try:
        import yaml

        return yaml.safe_load(given)
    except (ImportError, ValueError, RecursionError, yaml.YAMLError):
        return given


def list_of(given: Any, option: str) -> list[Any]:
    """A list, also where one value stands for it, or a text with commas."""
    found = value_of(given)
    if found is None or found == "":
        return []
    if isinstance(found, str):
        return [each.strip() for each in found.split(",") if each.strip()]
    if isinstance(found, (list, tuple)):
        return list(found)
    if isinstance(found, (int, float)) and not isinstance(found, bool):
        return [found]
    raise BadInput(f"Read {option}", f"{found!r} is no list", "Correct it.")


def numbers_of(given: Any, option: str) -> list[float]:
    found = []
    for each in list_of(given, option):
        try:
            number = float(each)
        except (TypeError, ValueError):
            number = -1.0
        if not 0 <= number < 1e9 or isinstance(each, bool):
            raise BadInput(f"Read {option}", f"{each!r} is no number of seconds", "Correct it.")
        found.append(number)
    return found


def texts_of(given: Any, option: str) -> list[str]:
    found = list_of(given, option)
    if any(isinstance(each, (Mapping, list, bool)) or each is None for each in found):
        raise BadInput(f"Read {option}", f"{given!r} is no list of names or numbers", "Correct it.")
    return [str(each) for each in found]


def pauses_of(given: Any, option: str) -> list[str]:
    """Numbers of waves, or "all". A word that names none would let every wave go out."""
    found = texts_of(given, option)
    for each in found:
        if each != "all" and not (each.isascii() and each.isdigit() and int(each)):
            raise BadInput(f"Read {option}", f"{each!r} is no number of a wave", "Give numbers such as 2, or all.")
    return [each if each == "all" else str(int(each)) for each in found]


def waves_of(given: Any) -> list[str]:
    option = "pipeline_rollout_waves"
    if isinstance(given, str) and not given.strip():
        raise BadInput(f"Read {option}", "it is empty", "Give sizes such as 5%,25%, or 100% for all at once.")
    return texts_of(given, option)


def mapping_of(given: Any, option: str) -> dict[str, Any]:
    found = value_of(given)
    if found in (None, "", [], {}):
        return {}
    if not isinstance(found, Mapping):
        raise BadInput(f"Read {option}", f"{given!r} is no dictionary", "Correct it.")
    return dict(found)


# The declaration


def declaration_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is declared, with each value of the type that it is to have. Raises BadInput."""
    unknown = sorted(set(given) - {"pipelines", "model", "nms", "state", "swap", "assignments"})
    if unknown:
        raise BadInput("Read the declaration", f"{', '.join(unknown)} is not known", "Leave it out.")
    every: dict[str, Any] = {
        "pipelines": list_of(given.get("pipelines"), "pipeline_rollout_pipelines"),
        "swap": mapping_of(given.get("swap"), "pipeline_rollout_swap"),
        "assignments": list_of(given.get("assignments"), "pipeline_rollout_assignments"),
        **{name: given.get(name) for name in ("model", "nms", "state")},
    }
    found = {name: value for name, value in every.items() if value not in (None, "", [], {})}
    spec = {
        "model": {"type": "str"},
        "nms": {"type": "float"},
        "pipelines": {"type": "list", "elements": "dict", "options": PIPELINE},
        "swap": {"type": "dict", "options": SWAP},
        "assignments": {"type": "list", "elements": "dict", "options": ASSIGNMENT},
        "state": {"type": "str", "choices": list(STATES)},
    }
    one_of = [("pipelines", "model", "swap", "assignments")]
    result = ArgumentSpecValidator(spec, mutually_exclusive=one_of, required_by={"nms": "model"}).validate(found)
    if result.error_messages:
        which = next((each for each in ("assignments", "nms", "model") if each in found), "pipelines")
        advice = f"Correct pipeline_rollout_{which}."
        raise BadInput("Read the declaration", "; ".join(result.error_messages), advice)
    values = result.validated_parameters
    if values.get("assignments"):
        return _with_assignments(values)
    one = [{"model": values["model"], "nms": values.get("nms")}] if values.get("model") else []
    if not one and not values.get("pipelines") and not values.get("swap"):
        ways = "pipelines, pipeline_rollout_model, pipeline_rollout_swap or pipeline_rollout_assignments"
        advice = f"Set pipeline_rollout_{ways}."
        raise BadInput("Read the declaration", "it says nothing", advice)
    pipelines = [_without_none(each) for each in values.get("pipelines") or one]
    swap = _without_none(values.get("swap") or {})
    return {"pipelines": pipelines, "state": values.get("state") or "present", "swap": swap}


def _with_assignments(values: Mapping[str, Any]) -> dict[str, Any]:
    if values.get("state") == "absent":
        advice = "Leave pipeline_rollout_state out. To take away all that cameras run, give them pipelines: []."
        raise BadInput("Read the declaration", "its state is absent, and each of the assignments is exact", advice)
    groups = [{**each, "pipelines": list(map(_without_none, each["pipelines"]))} for each in values["assignments"]]
    return {"pipelines": [], "state": "exact", "swap": {}, "assignments": groups}


def _without_none(option: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in option.items() if value is not None}


def models_named(declaration: Mapping[str, Any]) -> list[str]:
    """Each model that is named, by name or UUID; not a glob."""
    pipelines = [*declaration["pipelines"], *(one for each in _groups(declaration) for one in each["pipelines"])]
    found: list[str] = [each["model"] for each in pipelines]
    for each in pipelines:
        with_models(each.get("chains", []), lambda name: found.append(name) or name)  # type: ignore[func-returns-value]
    return list(dict.fromkeys([*found, *declaration["swap"].values()]))


def resolved(declaration: Mapping[str, Any], uuid_of: Callable[[str], str]) -> dict[str, Any]:
    """The same with each model by its UUID, and equal assignments once. What ``uuid_of`` gives back as it is stays."""

    def by_uuid(pipelines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                **each,
                "model": identity(uuid_of(each["model"])),
                **({"chains": with_models(each["chains"], uuid_of)} if each.get("chains") else {}),
            }
            for each in pipelines
        ]

    swap = {name: identity(uuid_of(value)) for name, value in declaration["swap"].items()}
    made = {**declaration, "pipelines": by_uuid(declaration["pipelines"]), "swap": swap}
    if "assignments" in declaration:
        groups = declaration["assignments"]
        made["assignments"] = gathered({**each, "pipelines": by_uuid(each["pipelines"])} for each in groups)
    return made


def for_people(declaration: Mapping[str, Any]) -> dict[str, Any]:
    """As it was given. Of assignments, each once, with the number of its cameras: who they are is in the plan."""
    groups = {"assignments": in_short(_groups(declaration))} if "assignments" in declaration else {}
    return {**declaration, **groups}


def _groups(declaration: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = declaration.get("assignments", ())
    return found


def release_of(name: str) -> str:
    """A glob for the releases of the same model, where the name is that of one; else an empty text."""
    own, at, version = name.rpartition("@")
    return re.sub(r"([*?[])", r"[\1]", own) + "@*" if own and at and version else ""


def globs(declaration: Mapping[str, Any]) -> list[str]:
    """For the models that what is declared takes the place of, and for other releases of it."""
    wanted = declaration["swap"].get("from", "")
    found = [wanted] if is_glob(wanted) and not is_uuid(wanted) else []
    return [*found, *filter(None, (release_of(each) for each in models_named(declaration) if not is_glob(each)))]


# What differs


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Line by line, as a diff; empty where both mean the same."""
    one, other = (json.dumps(each, indent=1, sort_keys=True).splitlines() for each in (before, after))
    lines = list(difflib.unified_diff(one, other, "started with", "given now", n=1, lineterm=""))
    return "\n".join(each for each in lines if not each.startswith("@@"))


def refuse_difference(rollout: str, before: Mapping[str, Any], after: Mapping[str, Any], what: str) -> None:
    shown = difference(before, after)
    if shown:
        raise BadInput(f"Go on with the rollout {rollout}", f"{what} differs:\n{shown}\n", _GO_ON)


# The scope


def excluded_now(
    ledger: Ledger, selected: Iterable[Row], others: Collection[Key], same_words: bool
) -> tuple[list[Camera], list[Row]]:
    """The cameras of the rollout that this run leaves out, and the selected ones that the rollout does not have.

    ``others``: devices that the inventory has, and that are not selected. ``same_words``: hosts and limit are what they
    were when it was planned. Then what the inventory has lost since, as a site that is off-line, is no reason to leave
    it out; that a group or the file of a limit has become smaller is one.
    """
    rows = {camera_key(row["site"], row["device"]): row for row in selected}
    known = ledger.by_key()
    added = [row for key, row in rows.items() if key not in known]
    gone = [each for key, each in known.items() if key not in rows and (key in others or not same_words)]
    return gone, added


def refuse_wider(ledger: Ledger, added: Sequence[Row], same_hosts: bool) -> None:
    """A larger scope than what was planned; a new camera of the same hosts is none, and is not part of the rollout."""
    if added and not same_hosts:
        names = shortened([label_of(row) for row in added], 5)
        answer = f"the hosts or the limit hold what the rollout was not planned for: {names}"
        raise BadInput(f"Go on with the rollout {ledger.rollout}", answer, f"A smaller scope is taken. {_GO_ON}")


def label_of(row: Row) -> str:
    return f"{printable(row['name'] or row['device'])} at {printable(row['site_name'] or row['site'])}"


def nothing_selected(ledger: Ledger, excluded: Sequence[Camera]) -> bool:
    return bool(ledger.cameras) and len(excluded) == len(ledger.cameras)


# The devices of an inventory


def packed_rows(rows: Sequence[Row], others: Iterable[Sequence[str]] = ()) -> str:
    """Rows as one text, which Ansible hands on as it is. A long list it would look into, again and again.

    ``others``: site and NxID of each device that is not selected.
    """
    whole = [[[row[name] for name in _MEMBERS] for row in rows], [list(each) for each in others]]
    return base64.b64encode(zlib.compress(json.dumps(whole, separators=(",", ":")).encode())).decode()


def rows_of(given: Any) -> tuple[list[dict[str, str]], set[Key]]:
    """Of the option ``devices``, a list, or the text that ``packed_rows`` makes of it: the rows, and the others.

    Raises BadInput.
    """
    tried, advice = "Read the option devices", "Give what the filter nxai.cloud.rollout_devices gives."
    rows, others = given, set()
    if isinstance(given, str) and given:
        try:
            lines, more = read_json(inflated(base64.b64decode(given, validate=True), MOST_INVENTORY))
            rows = [dict(zip(_MEMBERS, each, strict=True)) for each in lines]
            others = {camera_key(site, device) for site, device in more}
        except (TooLarge, ValueError, TypeError) as error:
            raise BadInput(tried, str(error), advice) from None
    found: dict[Key, dict[str, str]] = {}
    for row in list_of(rows, "devices"):
        if not isinstance(row, Mapping) or not row.get("site") or not row.get("device"):
            raise BadInput(tried, f"{row!r} has no site or no device", advice)
        made = {name: str(row.get(name) or "") for name in _MEMBERS}
        found.setdefault(camera_key(made["site"], made["device"]), made)
    return list(found.values()), others
