# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets out of every text that a person or a log may see, and such a text as one line."""

from __future__ import annotations

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

MASK = "***"
LONG = 32  # characters; no token is shorter
TOKEN_PREFIX = "nxcdb-"
EXCERPT = 300  # characters of a server's text in an error

# What looks like a credential though nobody told us of it, for example one that a server has just made.
_LOOKS_SECRET = (
    (re.compile(r"(?i)\b(bearer|basic)(\s+|%20|\+)[A-Za-z0-9._~+/=%-]{16,}"), rf"\1\2{MASK}"),
    (re.compile(r"nxcdb-[A-Za-z0-9._~+/=%-]+"), MASK),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{10,}[A-Za-z0-9._-]*"), MASK),
    (re.compile(r"(://)[^/\s@:]*:[^/\s@]*@"), rf"\1{MASK}@"),
    (
        re.compile(r"""(?i)((?:access_token|refresh_token|password|mfaCode)["']?\s*[:=]\s*["']?)[^"'&\s,}]+"""),
        rf"\1{MASK}",
    ),
)


# An escape of JSON, of a plain character other than a quote and a backslash. After another backslash it is none.
_ESCAPE = re.compile(rb"\\u00(?!22|5[cC]|7[fF])([2-7][0-9a-fA-F])")


class Redactor:
    """Knows the secrets of one task and replaces each, in each form it may be echoed in, by ``***``."""

    def __init__(self) -> None:
        self._forms: tuple[str, ...] = ()
        self._long: frozenset[bytes] = frozenset()

    def add(self, secret: str | None) -> None:
        if not secret:
            return
        bare = secret.removeprefix(TOKEN_PREFIX)
        forms = set(self._forms)
        for text in {secret, bare, TOKEN_PREFIX + bare} - {""}:
            forms |= _forms(text)
        if len(bare) >= LONG:
            self._long |= {bare.encode("utf-8", "surrogatepass")}
        # Longest first, so that a part never spoils the whole. One assignment, so that threads see old or new.
        self._forms = tuple(sorted(forms, key=len, reverse=True))

    def blank(self, content: bytes) -> bytes:
        """An answer without secrets that are too long to be anything else. A short one may be somebody's name.

        What JSON can write in two ways is written plainly first, so that no secret hides behind an escape.
        """
        if self._long and b"\\" in content and b"\\u00" in content:  # a single byte is found far faster
            content = _plainly(content)
        for secret in self._long:
            for form in (TOKEN_PREFIX.encode() + secret, secret):
                content = content.replace(form, MASK.encode())
        return content

    def clean(self, text: str) -> str:
        for form in self._forms:
            # A very short secret is only looked for as a word: masked anywhere, it would leave no text readable.
            text = text.replace(form, MASK) if len(form) > 3 else re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", MASK, text)
        for pattern, replacement in _LOOKS_SECRET:
            text = pattern.sub(replacement, text)
        return text


def one_line(text: str) -> str:
    """One line without control characters; cut only after secrets are out, so that none is left in part."""
    line = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text).split())
    return line if len(line) <= EXCERPT else f"{line[:EXCERPT]}…"


def _plainly(content: bytes) -> bytes:
    """Without such escapes. Put together here: ``re.sub`` would hold an object for each, with many times their size."""
    plain, view, end = bytearray(), memoryview(content), 0
    for escape in _ESCAPE.finditer(content):
        first = escape.start()
        while first > end and content[first - 1] == ord("\\"):
            first -= 1
        plain += view[end : escape.start()]
        plain += escape[0] if (escape.start() - first) % 2 else bytes((int(escape[1], 16),))
        end = escape.end()
    plain += view[end:]
    return bytes(plain)


def _forms(secret: str) -> set[str]:
    escaped = (
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        html.escape(secret),
    )
    percent = quote(secret, safe=""), quote(secret), quote_plus(secret)
    lower = {re.sub("%[0-9A-F]{2}", lambda match: match.group().lower(), text) for text in percent}
    return {secret, *escaped, *percent, *lower, *_base64_forms(secret.encode("utf-8", "surrogatepass"))}


def _base64_forms(secret: bytes) -> set[str]:
    """The secret in base64, alone or with other bytes around it (``user:secret``): one form for each alignment."""
    forms = {base64.b64encode(secret).decode()}
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + secret).decode().rstrip("=")
        # The first and last characters may hold bits of the neighbours: only what is the secret's alone is looked for.
        end = len(encoded) - (1 if (offset + len(secret)) % 3 else 0)
        inner = encoded[(0, 2, 3)[offset] : end]
        if len(inner) >= 6:
            forms.add(inner)
    return forms | {form.translate(str.maketrans("+/", "-_")) for form in forms}
