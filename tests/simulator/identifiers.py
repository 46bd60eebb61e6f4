# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The identifiers of the APIs: UUIDs, NxIDs (UUIDs in braces), and their deterministic making."""

from __future__ import annotations

import re
import uuid

ZERO_UUID = "00000000-0000-0000-0000-000000000000"
UUID_PATTERN = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
NXID_PATTERN = "\\{" + UUID_PATTERN + "\\}"
_UUID = re.compile(UUID_PATTERN)
_NAMESPACE = uuid.UUID("6e78616e-7361-4d69-9d73-696d756c6174")


def is_uuid(text: object) -> bool:
    return isinstance(text, str) and _UUID.fullmatch(text) is not None


def new_uuid() -> str:
    return str(uuid.uuid4())


def stable_uuid(*parts: object) -> str:
    """The same UUID for the same parts, in every run."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(str(part) for part in parts)))


def braced(identifier: str) -> str:
    return "{" + identifier.strip("{}").lower() + "}"
