# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a mapping of a seed file: typed, and with an error that says where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_MISSING = object()


class SeedError(ValueError):
    """The seed cannot be used; the message says which key, and why."""


class Reader:
    """Takes keys from a mapping one by one. ``done`` refuses what nobody took."""

    def __init__(self, data: object, where: str = "") -> None:
        if not isinstance(data, Mapping):
            raise SeedError(f"{where or 'the seed'} must be a mapping, not {data!r:.60}")
        self._data = data
        self._where = where
        self._known: list[str] = []

    def place(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where else key

    def take(self, key: str, kind: type | tuple[type, ...], what: str, default: Any = _MISSING) -> Any:
        self._known.append(key)
        value = self._data.get(key, _MISSING)
        if value is _MISSING:
            if default is _MISSING:
                raise SeedError(f"{self.place(key)} is missing")
            return default
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise SeedError(f"{self.place(key)} must be {what}, not {value!r:.60}")
        return value

    def text(self, key: str, default: Any = _MISSING) -> str:
        return str(self.take(key, str, "text", default))

    def flag(self, key: str, default: bool) -> bool:
        return bool(self.take(key, bool, "true or false", default))

    def count(self, key: str, default: int) -> int:
        value = int(self.take(key, int, "a whole number", default))
        if value < 0:
            raise SeedError(f"{self.place(key)} must be from 0 up, not {value}")
        return value

    def mapping(self, key: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.take(key, Mapping, "a mapping", {})
        return found

    def words(self, key: str) -> list[str]:
        return [self._word(key, item) for item in self.take(key, list, "a list of names", [])]

    def _word(self, key: str, item: object) -> str:
        if not isinstance(item, str):
            raise SeedError(f"{self.place(key)} must be a list of names, not of {item!r:.60}")
        return item

    def readers(self, key: str, short: str = "") -> Iterator[Reader]:
        """One reader for each item of a list; ``short`` names the key that an item of mere text stands for."""
        for number, item in enumerate(self.take(key, list, "a list", [])):
            data = {short: item} if short and isinstance(item, str) else item
            yield Reader(data, f"{self.place(key)}[{number}]")

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        value = self.text(key, choices[0])
        if value not in choices:
            raise SeedError(f"{self.place(key)} must be one of {', '.join(choices)}, not {value!r:.60}")
        return value

    def done(self) -> None:
        unknown = [str(key) for key in self._data if key not in self._known]
        if unknown:
            raise SeedError(f"{self.place(unknown[0])} is not known; known are {', '.join(sorted(self._known))}")
