# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names for hosts and groups from names that anybody may have typed into a camera.

Pure: the same names come out whatever the order of the records, and no record ever takes the name of another.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from hashlib import sha256

from ...module_utils._core.errors import Unexpected

SLUG_LENGTH = 48
MARK_LENGTH = 8
# What ansible-core takes for the controller itself. A camera of this name must not receive the tasks meant for it.
LOCALHOST = frozenset({"localhost", "127.0.0.1", "::1"})
# The groups that every inventory has. ansible-core looks a name up among the groups first, then among the hosts.
OWN_GROUPS = frozenset({"all", "ungrouped"})
# C0, DEL, C1, what turns the direction of text or ends a line, and halves of characters, which cannot be printed.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# What ansible-core before 2.19 would carry out where a playbook evaluates a name: AWX hands names on without a mark.
ACTIVE = re.compile(
    r"\{[{%#]|\A\s*#jinja2|\*"  # a template, a large number
    r"|\b(lookup|query|q|now|undef|range|dict|lipsum|cycler|joiner|namespace)\s*\(|[])}.'\"]\s*(\w+\s*)?\("  # a call
)


def slug(text: str) -> str:
    """The part of ``text`` that is safe in a group name: lower-case ASCII letters, digits and single underscores.

    Accents are dropped. Nothing is left of a name in another script.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:SLUG_LENGTH].rstrip("_")


def mark(identifier: str) -> str:
    """A short stable part of an id, safe in a group name and readable at the end of a host name."""
    return re.sub(r"[^a-z0-9]", "", identifier.lower())[:MARK_LENGTH]


def digest(identity: tuple[str, ...]) -> str:
    """64 hexadecimal digits, others for each identity."""
    return sha256(repr(identity).encode()).hexdigest()


def is_host_name(name: str, groups: Collection[str] = ()) -> bool:
    """Whether a host can be called so, beside ``groups``.

    ansible-core looks for a host's variables in ``host_vars/NAME``: a name with a step to ``.`` or ``..`` would read
    other files. ``localhost`` is the controller, and variables of a host called like a group would become the group's.
    """
    return (
        bool(name.strip())
        and is_address(name)
        and not ACTIVE.search(name)
        and not {".", ".."} & set(name.split("/"))
        and name not in LOCALHOST
        and name not in OWN_GROUPS
        and name not in groups
    )


def is_address(text: str) -> bool:
    """Whether a command such as ssh takes ``text`` for the machine to connect to, and not for an option."""
    return not text.startswith("-") and not CONTROL.search(text)


def distinct(names: Sequence[str], identities: Sequence[tuple[str, ...]]) -> list[str]:
    """``names`` in their order, made unique: of equal ones each gets a mark of its own.

    No record keeps the bare name, as which one would depend on the order. An identity begins with the record's id, from
    which the mark is taken; where that is not enough, a digest of the whole identity follows. Unexpected when two
    records have one identity.
    """
    repeated = [identity for identity, uses in Counter(identities).items() if uses > 1]
    if repeated:
        raise Unexpected(
            "Tell the listed records apart", f"two of them have the id {repeated[0][0]!r}", "Please report it."
        )
    result = list(names)
    endings = [mark(identity[0]) for identity in identities]
    while True:
        uses = Counter(result)
        clashing = [index for index, name in enumerate(result) if uses[name] > 1]
        if not clashing:
            return result
        for index in clashing:
            result[index] = f"{result[index]}_{endings[index]}"
            endings[index] = digest(identities[index])


def group_names(prefix: str, names: Sequence[str], identities: Sequence[tuple[str, ...]]) -> list[str]:
    """One unique group name ``PREFIX_SLUG`` for each record; see ``slug`` and ``distinct``."""
    wanted = [slug(name) or mark(identity[0]) for name, identity in zip(names, identities, strict=True)]
    return distinct([f"{prefix}_{part}" for part in wanted], identities)
