# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is seen to after a model was created: that it is the only one of its name, found by that, and converted."""

from __future__ import annotations

from collections.abc import Callable

from .._api.records.file_mark import FileMark
from .._api.records.records import Model
from .._engine.created import NewRecord
from .._engine.module import Task
from .._engine.rivals import Rivals

_LOG = 1500  # characters of a conversion log in an error


def kept_model(task: Task, uuid: str, header: str, name: str, mark: FileMark | None) -> Model | None:
    """As ``Rivals.kept``. Another one of the same file would do."""
    compute = task.client.compute
    return Rivals(
        uuid,
        header,
        name,
        compute.list_models,
        compute.delete_model,
        lambda other: other.digest == mark,
        lambda made: compute.get_model(made) is not None,
        task.deadline,
        task.warn,
    ).kept()


def new_record(task: Task, uuid: str, name: str, look: Callable[[], Model | None]) -> NewRecord[Model]:
    compute = task.client.compute
    return NewRecord(
        "model",
        uuid,
        name,
        task.client.contract,
        look,
        lambda wanted: compute.update_model(uuid, {"Name": wanted}),
        lambda: compute.delete_model(uuid),
        task.warn,
        task.deadline,
    )


def log_of(task: Task, model: Model | None) -> str:
    """The end of the conversion log; it is the service's text."""
    log = (model.conversion_log if model else None) or ""
    if not log.strip():
        return "; the service shows no log, but the portal may"
    return f"; its log ends with: {task.client.transport.redactor.clean(log.strip()[-_LOG:])}"
