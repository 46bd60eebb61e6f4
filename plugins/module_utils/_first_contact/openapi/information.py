# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The comparison with the live documents, read by the client: what ``nxai_contract_info`` returns."""

from __future__ import annotations

from typing import Any

from ..._api.contract.operations import DESCRIBE_COMPUTE, DESCRIBE_DEVICE
from ..._engine.module import Task
from ..._http.operation import PREFIX, Api
from ..._http.transport import Transport
from .comparison import SEVERITIES, Difference, compare, operations_of, table
from .document import Document


def differences_of(transport: Transport, api: Api) -> list[Difference]:
    """Read one document and compare it. Raises ``Unexpected`` for what is no OpenAPI document."""
    answer = transport.send(DESCRIBE_COMPUTE if api == "compute" else DESCRIBE_DEVICE)
    document = Document(answer.data, PREFIX[api], answer.tried)
    return compare(document, operations_of(api, transport.operations))


def read_contract(task: Task) -> dict[str, Any]:
    apis: list[Api] = task.options["apis"]
    found = [each for api in apis for each in differences_of(task.client.transport, api)]
    found.sort(key=lambda each: SEVERITIES.index(each.severity))
    return {
        "differences": [each.as_result() for each in found],
        "counts": {severity: sum(each.severity == severity for each in found) for severity in SEVERITIES},
        "table": table(found),
    }
