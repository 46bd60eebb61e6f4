# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an option of the connection is declared: once, as a field of a dataclass that tells all that follows from it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ConnectionField:
    """One option. ``type`` is in the words of an argument spec. An option with suboptions has no variable itself."""

    name: str = ""
    environment: str = ""
    type: str
    default: Any
    choices: tuple[str, ...]
    secret: bool  # masked in every output
    account: bool  # says whose answer it is, without being a secret
    suboptions: tuple[ConnectionField, ...]

    def with_environment(self, given: Mapping[str, Any] | None) -> dict[str, Any]:
        """The suboptions, from the environment where they are not given. For plugins: core does it for modules only."""
        return {each.name: (given or {}).get(each.name) or os.environ.get(each.environment) for each in self.suboptions}


def connection_field(
    default: Any = None,
    *,
    type: str = "str",
    choices: tuple[str, ...] = (),
    secret: bool = False,
    account: bool = False,
    suboptions: tuple[ConnectionField, ...] = (),
) -> Any:
    """As ``dataclasses.field``, for an option of the connection. MISSING makes it required where the class is made."""
    option = ConnectionField(
        type=type,
        default=None if default is MISSING else default,
        choices=choices,
        secret=secret,
        account=account,
        suboptions=suboptions,
    )
    # What is raw may be a dictionary, which has no hash.
    # pylint: disable-next=invalid-field-call  # it is called within a dataclass, by way of this function
    return field(default=default, repr=not secret, hash=type != "raw", metadata={"option": option})


def fields_of(declared: type[Any], prefix: str = "NXAI_") -> tuple[ConnectionField, ...]:
    """The options that a dataclass declares. ``prefix`` begins the names of their environment variables.

    A field without an option is none.
    """
    return tuple(
        replace(option, name=each.name, environment="" if option.suboptions else prefix + each.name.upper())
        for each in fields(declared)
        if "option" in each.metadata
        for option in [each.metadata["option"]]
    )
