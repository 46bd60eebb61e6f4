# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a seed can set of the simulator's behaviour: durations (simulated seconds) and quirks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar


@dataclass
class Times:
    """Durations in simulated seconds. The service's own are not known; these are of the order that users report."""

    record: float = 10.0  # until a model's Status is ok
    code: float = 30.0  # until its Code.Status is ok
    late_cdn: float = 60.0  # until Code.CDNURI is there, with the quirk cdn: late
    assignment: float = 2.0  # from the PUT until the device has the pipelines
    announce: float = 45.0  # from a restart of a server until its devices are announced again
    access_token: float = 3600.0
    refresh_token: float = 30 * 86400.0
    refresh_grace: float = 0.0  # how long a refresh token that was used can still be used again
    lockout: float = 60.0
    lockout_failures: int = 5  # failed sign-ins in a row before the lock-out


@dataclass
class Quirks:
    """Behaviour where the service is not known, or known to differ between views. The first choice is the default."""

    plural_items: str = "reduced"  # reduced | full | absent: what GET /functions/{uuid} answers
    require_create_members: bool = False  # the seven members that the service's document is said to require
    cdn: str = "in_time"  # in_time | late | never: when Code.CDNURI is there
    conversions: str = "asked"  # asked | all: which files a conversion yields beside the usual, see EnableConversions
    accept_any_file: bool = True  # False: bytes that are no model end with the status error
    max_upload_bytes: int = 0  # 0: no limit; more is refused with 413
    nxai: str = "object"  # object | text: the member nxAI of a device, which the VMS was seen to keep as JSON text
    mixed_put: str = "partial"  # partial | refuse: a PUT with applicable and other devices
    refused_processor: str = "refuse"  # refuse | accept: a PUT with a postprocessor that plugin 5 has refused
    unknown_model: str = "refuse"  # refuse | ignore: a PUT with a model that the site's organisation cannot use
    auth_failure: int = 401  # 401 | 500
    bad_password: int = 401  # 401 | 403
    bearer_refresh_token: str = "accept"  # accept | refuse: a refresh token behind the word Bearer
    personal_sees_organisations: bool = True  # without act-as headers: own things and those of one's organisations
    offset: str = "honour"  # honour | ignore
    max_page: int = 0  # 0: no limit to the rows of an answer


CHOICES: dict[str, tuple[Any, ...]] = {
    "plural_items": ("reduced", "full", "absent"),
    "conversions": ("asked", "all"),
    "cdn": ("in_time", "late", "never"),
    "nxai": ("object", "text"),
    "mixed_put": ("partial", "refuse"),
    "refused_processor": ("refuse", "accept"),
    "unknown_model": ("refuse", "ignore"),
    "auth_failure": (401, 500),
    "bad_password": (401, 403),
    "bearer_refresh_token": ("accept", "refuse"),
    "offset": ("honour", "ignore"),
}

Group = TypeVar("Group", Times, Quirks)


def apply(group: Group, changes: Mapping[str, Any], place: str = "") -> Group:
    """Set the named values. Raises ValueError, and changes nothing, when a name, type or choice is not known."""
    known = {item.name: getattr(group, item.name) for item in fields(group)}
    for name, value in changes.items():
        if name not in known:
            raise ValueError(f"{place}{name} is not known; known are {', '.join(known)}")
        _check(name, value, known[name], place + name)
    for name, value in changes.items():
        setattr(group, name, value)
    return group


def _check(name: str, value: object, present: object, shown: str) -> None:
    if name in CHOICES:
        if value not in CHOICES[name] or isinstance(value, bool):
            raise ValueError(f"{shown} must be one of {', '.join(map(str, CHOICES[name]))}, not {value!r}")
    elif isinstance(present, bool):
        if not isinstance(value, bool):
            raise ValueError(f"{shown} must be true or false, not {value!r}")
    elif isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise ValueError(f"{shown} must be a number from 0 up, not {value!r}")
