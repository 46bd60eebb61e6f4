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
from functools import lru_cache
from hashlib import sha256

from ...module_utils._core.errors import Unexpected
from ...module_utils._core.values import identity as one_form

SLUG_LENGTH = 48
DIGITS = 8
# Of each of the two parts of a host's own name: with its digits it has at most 120 characters and 200 bytes.
PART_LENGTH = 55
PART_BYTES = 95
# A name is one of a file, too: of host_vars, of a fact cache. There must be room for an ending.
MOST_BYTES = 240
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
# What a play on ``hosts: "{{ groups.shop[0] }}"`` would take for something else than one host: several names, a port,
# a glob, a range, all but this host, what is in another group as well, an expression, a file; and a value of Python.
PATTERN = re.compile(r"[\s,:?*\[\]]|\A[!&~@]|\A\{(?![0-9a-fA-F-]{36}\}\Z)|\A(True|False|None)\Z")
_OWN = re.compile(rf"[^\W_][\w-]*-[0-9a-f]{{{DIGITS}}}")  # a name that ``host_name`` made
_BLANK = frozenset("\u115f\u1160")  # letters that show nothing


def slug(text: str) -> str:
    """The part of ``text`` that is safe in a group name: lower-case ASCII letters, digits and single underscores.

    Accents are dropped. Nothing is left of a name in another script.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:SLUG_LENGTH].rstrip("_")


@lru_cache(maxsize=1 << 14)
def readable(text: str) -> str:
    """The part of ``text`` that is safe in a host name: lower-case letters, digits, underscores and single hyphens.

    Accents are dropped, and letters of other scripts stay.
    """
    plain = text.lower()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        plain = unicodedata.normalize("NFC", "".join([each for each in plain if unicodedata.category(each)[0] != "M"]))
        plain = "".join([each if _stays(each) else "-" for each in plain])
    short = re.sub(r"[^\w]+", "-", plain).strip("-_")[:PART_LENGTH]
    return short.encode()[:PART_BYTES].decode(errors="ignore").strip("-_")


def _stays(character: str) -> bool:
    category = unicodedata.category(character)
    return character in "_-" or ((category[0] == "L" or category == "Nd") and character not in _BLANK)


def mark(identifier: str) -> str:
    """A short part of an id, safe in a group name, by which a person can find it."""
    return re.sub(r"[^a-z0-9]", "", identifier.lower())[:DIGITS]


def digits(identity: tuple[str, ...]) -> str:
    """Eight hexadecimal digits of an identity, the same for each form of a UUID in it."""
    return digest(tuple(map(one_form, identity)))[:DIGITS]


def digest(identity: tuple[str, ...]) -> str:
    """64 hexadecimal digits, others for each identity."""
    return sha256(repr(identity).encode()).hexdigest()


def host_name(names: Sequence[str], kind: str, identity: tuple[str, ...]) -> str:
    """A host's own name, such as ``shop-amsterdam-entrance-9f963f3f``: ``names`` of where and what it is, then digits.

    It is safe wherever Ansible, AWX, a shell or a file system reads it, and no other record can have it or change it.
    """
    *around, last = map(readable, names)
    return "-".join([*filter(None, around), last or kind, digits(identity)])


def identity_of(kind: str, site_id: str, own_id: str) -> tuple[str, ...]:
    """A device is known by its site and NxID. Servers and sites have ids of their own, perhaps the same."""
    return (site_id, own_id) if kind == "device" else (site_id, own_id, kind)


def own_name(kind: str, site: str, name: str, identity: tuple[str, ...]) -> str:
    """The own name of the host of a record, which is called ``name``, at a ``site``."""
    return host_name([site] if kind == "site" else [site, name], kind, identity)


def is_host_name(name: str, groups: Collection[str] = ()) -> bool:
    """Whether a host can be called so, beside ``groups``.

    ansible-core looks for a host's variables in ``host_vars/NAME``: a name with a step to ``.`` or ``..`` would read
    other files. ``localhost`` is the controller, and variables of a host called like a group would become the group's.
    A play on the name must reach this host, and no other.
    """
    if _OWN.fullmatch(name) and len(name.encode()) <= MOST_BYTES:
        return name not in groups
    return (
        bool(name)
        and is_address(name)
        and not PATTERN.search(name)
        and not ACTIVE.search(name)
        and len(name.encode()) <= MOST_BYTES
        and not {".", ".."} & set(name.split("/"))
        and not name.startswith("/")
        and name not in LOCALHOST
        and name not in OWN_GROUPS
        and name not in groups
    )


def is_address(text: str) -> bool:
    """Whether a command such as ssh takes ``text`` for the machine to connect to, and not for an option."""
    return not text.startswith("-") and not CONTROL.search(text)


def distinct(names: Sequence[str], identities: Sequence[tuple[str, ...]]) -> list[str]:
    """``names`` in their order, made unique: of equal ones each gets its digits.

    No record keeps the bare name, as which one would depend on the order. Where the digits are not enough, more of them
    follow. Unexpected when two records have one identity.
    """
    repeated = [identity for identity, uses in Counter(identities).items() if uses > 1]
    if repeated:
        raise Unexpected(
            "Tell the listed records apart", f"two of them have the id {repeated[0][0]!r}", "Please report it."
        )
    result = list(names)
    longer: set[int] = set()
    while True:
        uses = Counter(result)
        clashing = [index for index, name in enumerate(result) if uses[name] > 1]
        if not clashing:
            return result
        for index in clashing:
            ending = digest(identities[index]) if index in longer else digits(identities[index])
            result[index] = f"{result[index]}_{ending}"
        longer.update(clashing)


class Naming:
    """Unique group names ``PREFIX_SLUG`` for records, in their order.

    Where several would have one name, each gets its digits, and ``ambiguous`` has that name with all that it could
    mean, each as its place in the order. ``always``: all names have their digits, so that none ever changes.
    """

    def __init__(
        self, prefix: str, names: Sequence[str], identities: Sequence[tuple[str, ...]], always: bool = False
    ) -> None:
        wanted = [f"{prefix}_{slug(name)}" if slug(name) else "" for name in names]
        if always:
            named = [f"{name or prefix}_{digits(each)}" for name, each in zip(wanted, identities, strict=True)]
        else:
            named = [name or f"{prefix}_{mark(each[0])}" for name, each in zip(wanted, identities, strict=True)]
        self.names = distinct(named, identities)
        sharing: dict[str, list[int]] = {}
        for place, name in enumerate(named):
            sharing.setdefault(name, []).append(place)
        taken = set(self.names)
        self.ambiguous = {
            name: places for name, places in sharing.items() if len(places) > 1 and not always and name not in taken
        }


def naming_of_sites(sites: Sequence[tuple[str, str]], always: bool = False) -> Naming:
    """The groups of all sites of an account, each by its id and name. Sort them: the order decides of equal names."""
    return Naming("site", [name for _id, name in sites], [(site_id,) for site_id, _name in sites], always)
