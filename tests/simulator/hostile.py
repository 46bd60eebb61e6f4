# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A hostile service: which misbehaviour each request meets, drawn from a seed, and what some of them are made of."""

from __future__ import annotations

import gzip
import random
import struct
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from .names import HOSTILE, OPTION_LIKE

ECHOES = ("error", "names", "headers")
HONEST = 0.65  # the share of requests that are answered truly, so that a play gets somewhere
STRANGE = 0.15  # the share of true answers with names that nobody expects
RENAMED = 0.25  # the share of names that change in such an answer
LOOP = "/loop"  # a redirect that leads to itself
BOMB = 1 << 30  # bytes that come out of a few
NAMES = frozenset(
    ("Name", "Message", "Documentation", "Status", "Version", "AIPluginVersion", "Runtime", "Platform", "Group", "Type")
)
SECONDS = 0.2  # between two drops


@dataclass
class Draw:
    """The misbehaviours of one seed. The n-th request of a kind always meets the same, whatever came between."""

    seed: int
    elsewhere: str = "http://elsewhere.invalid"  # where redirects lead that leave the service
    secrets: list[str] = field(default_factory=list)  # what errors and headers repeat besides the request's own token
    _counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        parts = urlsplit(self.elsewhere)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"elsewhere must be an http or https URL, not {self.elsewhere!r}")

    def restart(self) -> None:
        self._counts.clear()

    def next(self, operation: str, path: str, method: str, host: str) -> dict[str, Any] | None:
        """What the next request meets, as the members of a fault; None for an honest answer."""
        if path == LOOP:
            return {"kind": "status", "status": 307, "headers": {"Location": LOOP}}
        # New models have another UUID in each run, so that their paths are no key.
        key = path if path.startswith("/dev/") else operation
        self._counts[key] += 1
        chance = random.Random(f"{self.seed}/{method}/{key}/{self._counts[key]}")
        turn = chance.random()
        if turn < HONEST:
            return None
        if turn < HONEST + STRANGE:
            return {"kind": "names", "seed": chance.randrange(1 << 30)}
        return chance.choice((self._redirect, self._broken, self._drip, self._bomb, self._echo))(chance, path, host)

    def _redirect(self, chance: random.Random, path: str, host: str) -> dict[str, Any]:
        other = self.elsewhere.partition("://")[2]
        locations = (
            f"{self.elsewhere}{path}", f"//{other}{path}", LOOP, f"http://{host}{path}", f"https://{host}{path}",
            f"{self.elsewhere}\\@{host}{path}", f"http://{host}@{other}{path}", f"http://{other}#@{host}{path}",
            f"\\\\{other}{path}", f"/\t/{other}{path}", f"http:{other}{path}", f"http://{other}?@{host}{path}",
            "file:///etc/passwd", "http://[::1", "",
        )  # fmt: skip
        status = chance.choice((301, 302, 303, 307, 308))
        return {"kind": "status", "status": status, "headers": {"Location": chance.choice(locations)}}

    def _broken(self, chance: random.Random, path: str, host: str) -> dict[str, Any]:
        return chance.choice(
            (
                {"kind": "reset", "sent": chance.choice(("nothing", "half", "all"))},
                {"kind": "truncate"},
                {"kind": "html"},
                {"kind": "pagination", "records": chance.choice((0, 3, 10**9, None))},
                {"kind": "status", "status": chance.choice((429, 500, 502, 503)), "handled": chance.random() < 0.5},
                {"kind": "status", "status": 200, "body": chance.choice(("{not json", "null", "[[]]", '"text"'))},
            )
        )

    def _drip(self, chance: random.Random, path: str, host: str) -> dict[str, Any]:
        part = chance.choice(("body", "continue", "headers", "chunk", "extension"))
        return {"kind": "drip", "part": part, "seconds": SECONDS}

    def _bomb(self, chance: random.Random, path: str, host: str) -> dict[str, Any]:
        return {"kind": "bomb", "part": chance.choice(("gzip", "gzip_twice", "deep", "listing"))}

    def _echo(self, chance: random.Random, path: str, host: str) -> dict[str, Any]:
        status = chance.choice((400, 401, 403, 404, 422, 500))
        return {"kind": "echo", "part": chance.choice(ECHOES), "status": status, "secrets": self.secrets}


def draw_from(data: Mapping[str, Any]) -> Draw:
    """Raises ValueError for a member or type that is not known."""
    kinds: dict[str, type] = {"seed": int, "elsewhere": str, "secrets": list}
    for name, value in data.items():
        if not isinstance(value, kinds.get(name, ())) or isinstance(value, bool):
            raise ValueError(f"{name} is not right: there are seed (a number), elsewhere (a URL) and secrets (a list)")
    if "seed" not in data:
        raise ValueError("seed is missing")
    return Draw(**data)


@cache
def bomb(part: str) -> tuple[bytes, dict[str, str]]:
    """A few bytes, and the header that goes with them, that become very many."""
    if part == "deep":
        return b"[" * 2_000_000, {}
    if part == "listing":
        return b"[" + b"{}," * 4_000_000 + b"{}]", {}
    once = _spaces()
    return (gzip.compress(once), {"Content-Encoding": "gzip, gzip"}) if part == "gzip_twice" else (
        once, {"Content-Encoding": "gzip"},
    )  # fmt: skip


def _spaces() -> bytes:
    """A gzip of spaces and an empty list: one block, that compresses a mebibyte, again and again."""
    block = b" " * (1 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    count, end = BOMB >> 20, packer.compress(b"[]") + packer.flush()
    checked = 0
    for _turn in range(count):
        checked = zlib.crc32(block, checked)
    trailer = struct.pack("<II", zlib.crc32(b"[]", checked), (BOMB + 2) & 0xFFFFFFFF)
    return b"\x1f\x8b\x08" + bytes(7) + first * count + end + trailer


def echo(secrets: Sequence[str]) -> dict[str, str]:
    """Headers that repeat secrets, in places that a client reads."""
    text = " ".join(secrets)
    return {"X-Debug": text, "Retry-After": text, "X-Pagination-Records": text, "Location": f"/{text}"}


def renamed(data: Any, seed: int, texts: Sequence[str] | None = None) -> Any:
    """Some of the names in an answer become these texts; by default those of the seed."""
    chance, given = random.Random(seed), texts or (*HOSTILE, *OPTION_LIKE)

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: walk(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [walk(each, key) for each in value]
        takes = isinstance(value, str) and key in NAMES and chance.random() < RENAMED
        return chance.choice(given) if takes else value

    return walk(data)
