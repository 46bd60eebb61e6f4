# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source: it looks at an account again and again, and puts what happened on the queue of a rulebook."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any, Protocol, TypeVar

from ...module_utils._api.client import Client
from ...module_utils._connection.fields import ConnectionField
from ...module_utils._connection.settings import CONNECTION_FIELDS, Settings
from ...module_utils._connection.ways import OPTIONS, SIGN_IN, set_aside
from ...module_utils._core.errors import BadInput, NxaiError, SignInFailed
from ...module_utils._core.redaction import one_line
from ...module_utils._core.voice import Voice
from ...module_utils._http.transport import HAS_REQUESTS
from .._inventory.names import naming_of_sites
from .comparison import Event
from .kinds import SERVICE, check_kinds
from .looking import Looker, Wanted
from .snapshot import Snapshot
from .state import StateFile
from .text import harmless

LONGEST_PAUSE = 900.0  # seconds between two looks at a service that does not answer
STATE_FILE = "nxai-events.json"
_NUMBERS = {"interval": (60.0, 1.0), "requests": (120.0, 1.0), "repeat_seconds": (0.0, 0.0)}  # default and least
_LISTS = ("kinds", "sites")
_OWN = (*_NUMBERS, *_LISTS, "state_file")
_FROM_RULEBOOK = ("feedback", "eda_feedback_queue")  # what ansible-rulebook itself may add
_log = logging.getLogger("nxai.cloud.nxai_events")
Result = TypeVar("Result")


class Queue(Protocol):
    """Of ansible-rulebook, or any of asyncio."""

    async def put(self, item: Any) -> None:
        """Return when it is taken."""


async def watch(queue: Queue, args: Mapping[str, Any]) -> None:
    """Look for ever, or until cancelled. Raises NxaiError where it cannot even begin."""
    watcher = await in_thread(lambda: Watcher(args))
    try:
        events = watcher.waiting()
        while True:
            for event in events:
                await queue.put(harmless(event))
                watcher.handed_on(event)
            await asyncio.sleep(watcher.pause())
            events = await in_thread(watcher.look)
    finally:
        watcher.close()


async def in_thread(work: Callable[[], Result]) -> Result:
    """In a thread that nobody waits for when the process ends: a request may take minutes."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def settle(setter: Callable[[Any], None], value: Any) -> None:
        if not future.done():
            setter(value)

    def run() -> None:
        try:
            outcome = (future.set_result, work())
        except BaseException as error:  # pylint: disable=broad-exception-caught  # it is raised where it is awaited
            outcome = (future.set_exception, error)  # type: ignore[assignment]
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, *outcome)

    threading.Thread(target=run, name="nxai-events", daemon=True).start()
    return await future


class Watcher:
    """What is known, kept on the disk, and the client. ``clock``: seconds since the epoch."""

    def __init__(self, args: Mapping[str, Any], clock: Callable[[], float] = time.time) -> None:
        if not HAS_REQUESTS:
            advice = "Install it for the Python that runs ansible-rulebook: pip install requests."
            raise BadInput("Watch the cloud", "the Python package requests is not installed", advice)
        options = _options(args)
        self._settings = Settings.from_options(options, options["sources"])
        self._clock = clock
        self._interval, self._repeat = options["interval"], options["repeat_seconds"]
        self._kinds = check_kinds(options["kinds"])
        wanted = Wanted(kinds=self._kinds, sites=options["sites"], requests=int(options["requests"]))
        self._looker = Looker(wanted, _log.warning)
        self._client: Client | None = None
        self._failures, self._due = 0, 0.0  # of the monotonic clock
        self._writing, self._closed = threading.Lock(), False
        self._file = StateFile(options["state_file"], self._settings.trusted_owner)
        self._memory = self._file.open(_account(self._settings))

    def waiting(self) -> list[Event]:
        """Those that a process before this one may not have handed on."""
        return list(self._memory.waiting)

    def handed_on(self, event: Event) -> None:
        self._memory.hand_on(event["event_id"], self._clock() + self._repeat)

    def pause(self) -> float:
        """Seconds until the next look is due."""
        return max(0.0, self._due - time.monotonic())

    def close(self) -> None:
        """A look that is under way comes to nothing: the next process has the file."""
        with self._writing:
            self._closed = True
            self._end_client()
            self._file.close()

    def look(self) -> list[Event]:
        """The events of one look, which are on the disk by now. Raises NxaiError where a person has to act first."""
        begin, due = self._clock(), time.monotonic()
        forgotten = self._memory.forget(begin)
        then = self._memory.snapshot
        try:
            now, found = self._looked(then)
        except NxaiError as error:
            self._end_client()
            if then.sites is None and isinstance(error, (BadInput, SignInFailed)):
                raise
            self._failures += 1
            longest = max(LONGEST_PAUSE, self._interval)
            self._due = due + min(self._interval * 2.0 ** min(self._failures, 10), longest)
            now, found = then, self._went_down(error)
        else:
            self._failures, self._due = 0, due + self._interval
            found = [*self._came_up(), *found]
        with self._writing:
            if self._closed:
                return []
            self._memory.snapshot = now
            events = self._memory.add(_with_groups(found, now), _rfc3339(begin))
            if events or forgotten or now != then:
                self._file.write(self._memory)
            return events

    def _looked(self, then: Snapshot) -> tuple[Snapshot, list[Event]]:
        """Another client after a failure: a token file, or a contract, may have been put right since."""
        if self._client is None:
            self._client = Client(self._settings, read_only=True, voice=Voice(_log.warning, _log.info))
        else:
            self._client.look_again()
        return self._looker.look(self._client, then)

    def _went_down(self, error: NxaiError) -> list[Event]:
        _log.warning("The service could not be read. %s", error)
        if self._memory.down_since:
            return []
        self._memory.down_since = _rfc3339(self._clock())
        return self._of_service("service_down", {"reason": one_line(str(error))})

    def _came_up(self) -> list[Event]:
        since, self._memory.down_since = self._memory.down_since, None
        return self._of_service("service_up", {"down_since": since}) if since else []

    def _of_service(self, kind: str, more: Event) -> list[Event]:
        return [{"kind": kind, **more}] if kind in self._kinds.intersection(SERVICE) else []

    def _end_client(self) -> None:
        if self._client:
            self._client.close()
        self._client = None


def _options(args: Mapping[str, Any]) -> dict[str, Any]:
    """The options by name: those of the connection from the environment where they are not given. Raises BadInput."""
    connection = {each.name: each for each in CONNECTION_FIELDS}
    for name in args:
        if name not in (*connection, *_OWN, *_FROM_RULEBOOK):
            advice = f"Known are {', '.join(_OWN)}, and the options of the connection."
            raise BadInput("Read the options of the event source", f"{name!a} is none", advice)
    given = {name: value for name, value in args.items() if value not in (None, "")}
    given.update({name: _as_declared(each, given[name]) for name, each in connection.items() if name in given})
    said = {name: os.environ.get(each.environment) for name, each in connection.items() if each.environment}
    outside = {name: value for name, value in said.items() if value}
    aside = set_aside({name for name in SIGN_IN if given.get(name)}, {name for name in OPTIONS if name in outside})
    found = {name: value for name, value in outside.items() if name not in aside}
    taken = {name: connection[name].environment for name in OPTIONS if name in found and name not in given}
    options = {**found, **given, "sources": taken}
    for name, each in connection.items():
        if each.suboptions:
            options[name] = each.with_environment(given.get(name))
        if each.type == "path" and options.get(name):
            options[name] = os.path.expanduser(str(options[name]))
    options["validate_certs"] = _truth("validate_certs", options.get("validate_certs"))
    options["state_file"] = str(given.get("state_file") or STATE_FILE)
    return {
        **options,
        **{name: _number(name, given.get(name), *limits) for name, limits in _NUMBERS.items()},
        **{name: _texts(name, given.get(name)) for name in _LISTS},
    }


def _as_declared(option: ConnectionField, value: Any) -> Any:
    """Nobody has looked at an option of a source: YAML makes numbers of digits, and a text may be a dictionary."""
    is_text = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    if option.type in ("str", "path") and not is_text:
        raise BadInput(f"Read the option {option.name}", "it is no text", "Give a text, in quotes.")
    if option.type == "dict" and not isinstance(value, Mapping):
        members = " and ".join(each.name for each in option.suboptions)
        raise BadInput(f"Read the option {option.name}", "it is no dictionary", f"Give one with {members}.")
    return str(value) if option.type in ("str", "path") else value


def _number(name: str, value: Any, default: float, least: float) -> float:
    try:
        found = default if value is None else float(value)
    except (TypeError, ValueError):
        found = float("nan")
    if not least <= found <= 1e6:
        raise BadInput(f"Read the option {name}", f"it is {value!a}", f"Give a number from {least:.0f} to 1000000.")
    return found


def _texts(name: str, value: Any) -> list[str]:
    """A text stands for a list of one."""
    found = [] if value is None else [value] if isinstance(value, str) else value
    if not isinstance(found, (list, tuple)) or not all(isinstance(each, str) for each in found):
        raise BadInput(f"Read the option {name}", f"it is {value!a}", "Give a list of texts.")
    return list(found)


def _truth(name: str, value: Any) -> bool:
    """TLS is never off by a typing mistake."""
    word = str(True if value is None else value).lower()
    if word not in ("true", "yes", "on", "1", "false", "no", "off", "0"):
        raise BadInput(f"Read the option {name}", f"{value!a} is no boolean word", "Write true or false.")
    return word in ("true", "yes", "on", "1")


def _account(settings: Settings) -> str:
    """The same for the same account, as far as the options tell."""
    acting = settings.act_as and [settings.act_as.kind, settings.act_as.id]
    told = json.dumps([settings.api_url, acting])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _with_groups(events: list[Event], snapshot: Snapshot) -> list[Event]:
    """Each with the group that the inventory makes of its site, among all sites of the account."""
    sites = sorted((site_id, site.name) for site_id, site in (snapshot.sites or {}).items() if site.listed)
    groups = dict(zip((site_id for site_id, _name in sites), naming_of_sites(sites).names, strict=True))
    return [{**each, "site_group": groups.get(each["site_id"], "")} if "site_id" in each else each for each in events]


def _rfc3339(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
