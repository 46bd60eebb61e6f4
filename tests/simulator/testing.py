# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator for tests: in the test's own process, in a thread, over loopback.

with serve(sites=3) as simulator:
    client = Client(simulator.url, simulator.token())
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from .app import Simulator
from .faults import Fault
from .hostile import Draw
from .journal import Entry
from .seed import Seed
from .serving import Serving
from .world import World

START_SECONDS = 30.0


class Served:
    """A running simulator. What it answers, and what a test may look at and do."""

    def __init__(self, serving: Serving) -> None:
        self._simulator = serving.simulator
        self.url: str = serving.url
        self.ca_path: Path | None = serving.ca_path  # with TLS: the certificate to trust

    @property
    def world(self) -> World:
        """The present world; another one after ``reset``."""
        return self._simulator.world

    def token(self, email: str = "", scope: str = "") -> str:
        """A fresh access token of an account; by default of the first."""
        return self._simulator.token(email, scope)

    def refresh_token(self, email: str = "") -> str:
        """A fresh refresh token, as from a new sign-in."""
        accounts = self.world.accounts
        account = accounts[email.lower()] if email else next(iter(accounts.values()))
        return self.world.identity.issue_refresh(account)

    def log(self, operation: str = "") -> list[Entry]:
        """The requests so far, all or those of one operation."""
        return [entry for entry in self._simulator.journal.entries if operation in ("", entry.operation)]

    def clear_log(self) -> None:
        self._simulator.journal.clear()

    def writes(self) -> list[Entry]:
        """The requests that could change something: of a method other than GET and HEAD, and not for a token."""
        harmless = ("GET", "HEAD")
        return [entry for entry in self.log() if entry.method not in harmless and entry.operation != "issue_token"]

    def advance(self, seconds: float) -> None:
        self.world.clock.advance(seconds)

    def fault(self, kind: str, operation: str = "", **members: Any) -> Fault:
        """Inject a fault; see ``simulator.faults.Fault`` for its members."""
        fault = Fault(kind=kind, operation=operation, **members)
        self._simulator.faults.all.append(fault)
        return fault

    def clear_faults(self) -> None:
        self._simulator.faults.all.clear()

    def be_hostile(self, seed: int | None, **members: Any) -> None:
        """Let each request meet what the seed draws for it; None ends it. See ``simulator.hostile.Draw``."""
        self._simulator.faults.hostile = None if seed is None else Draw(seed, **members)

    def reset(self, seed: Any = None, **numbers: int) -> None:
        """A new world: from the seed it started with, or from another one (as ``serve`` takes them)."""
        self._simulator.reset(seed_from(seed, numbers) if seed is not None or numbers else None)


def seed_from(seed: Any, numbers: Mapping[str, Any]) -> Seed:
    """A seed from YAML text, a Path, a mapping, or numbers (``sites``, ``servers`` and ``devices`` per site, ...)."""
    if isinstance(seed, Path):
        found = Seed.from_file(seed)
    elif isinstance(seed, str):
        found = Seed.from_yaml(seed)
    else:
        found = Seed(dict(seed or {}))
    return Seed({**found.document, "generate": dict(numbers)}) if numbers else found


@contextmanager
def serve(
    seed: Any = None,
    *,
    speed: float = 1.0,
    tls: bool = False,
    control: bool = False,
    host: str = "127.0.0.1",
    port: int = 0,
    names: Collection[str] = (),
    around: Callable[[ASGIApp], ASGIApp] | None = None,
    **numbers: Any,
) -> Iterator[Served]:
    """Serve a simulator while the block runs, by its address and by these ``names``, with ``around`` in front of it.

    ``seed`` is YAML text, a Path, or a mapping; ``numbers`` are the keys of ``generate`` (``sites=3, servers=2,
    devices=10, models=5, random_seed=7``; servers and devices are per site). Without either the world has one account,
    demo@example.com with the password demo, in one organisation, and nothing else.
    """
    serving = Serving(Simulator(seed_from(seed, numbers), speed), host, port, tls, control, names, around)
    thread = threading.Thread(target=serving.run, name="nxai-simulator", daemon=True)
    thread.start()
    try:
        _wait_until_started(serving, thread)
        yield Served(serving)
    finally:
        serving.server.should_exit = True
        thread.join(START_SECONDS)


def _wait_until_started(serving: Serving, thread: threading.Thread) -> None:
    end = time.monotonic() + START_SECONDS
    while not serving.server.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise RuntimeError("the simulator did not start")
        time.sleep(0.005)
