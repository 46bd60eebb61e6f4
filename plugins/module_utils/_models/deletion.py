# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a model may be deleted: nothing that a device runs is, unless the user wants that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .._api.records.records import Model
from .._core.errors import BadInput, NxaiError
from .._engine.module import Task
from .usage import MODEL_LINE, find_use_twice, named, of_no_model


def use_of(task: Task, model: Model, header: str) -> dict[str, Any]:
    """What the result says of its use. Raises ``BadInput`` where devices use it, or may."""
    contract = task.client.contract
    if task.options["in_use"] != "fail":
        return {}
    try:
        use = find_use_twice(task.client.device, [model.uuid])
    except NxaiError as error:
        advice = f"{error.advice} To delete it without looking for devices: in_use: ignore.".strip()
        raise replace(error, advice=advice) from None
    devices = use.devices[model.uuid]
    told = {"used_by": devices, "unread_sites": use.unread}
    if devices:
        advice = "Give them other pipelines first, with nxai_pipeline; or set in_use to ignore."
        raise BadInput(f"delete the {header}", f"{len(devices)} devices use it ({named(devices)})", advice, result=told)
    if use.unknown:
        answer = f"{len(use.unknown)} devices do not show what is assigned to them ({named(use.unknown)})"
        advice = "So it is not known whether they use it. To delete it all the same: in_use: ignore. " + contract.hint(
            "fields.device.pipelines"
        )
        raise BadInput(f"delete the {header}", answer, advice, result=told)
    if strange := of_no_model(use, task.client.compute):
        advice = f"So it is not known whether they use it. To delete it all the same: in_use: ignore. {MODEL_LINE}"
        raise BadInput(f"delete the {header}", strange, advice, result=told)
    return told


def left_alone(task: Task, model: Model, header: str) -> None:
    """For one that is available to the account, and is not listed as its own: whose it is is not known. It stays.

    Raises ``BadInput`` where it is in use: then what is declared absent is not.
    """
    advice = f"To delete it, give its UUID. {task.client.contract.hint('operations.list_models.path')}"
    try:
        use_of(task, model, header)
    except BadInput as error:
        raise replace(error, advice=f"{error.advice} The account does not list it as its own. {advice}") from None
    task.warn(
        f"No listing of the account's own models has the {header}, and one of that name is available to it: "
        f"{model.uuid}. It was not deleted. {advice}"
    )
