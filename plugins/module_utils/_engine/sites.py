# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sites by name, id or glob, and what they hold: one listing for each site, several sites at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar

from .._api.contract.lines import hint
from .._api.device import DeviceApi
from .._api.page import NoList
from .._api.records.records import Device, Site
from .._core.errors import BadInput, Incomplete, NxaiError, Refused, SignInFailed, Unexpected
from .._core.values import is_uuid
from .._core.voice import unheard
from .._http.operation import names_a_line
from .._http.session import CONNECTIONS
from .lookup import Index, globbed, is_glob, unmatched

Item = TypeVar("Item")
Result = TypeVar("Result")
MOST_AT_ONCE = CONNECTIONS
SILENT = "the site shows no devices: it is off-line, or still loading"
# What a service says of a site that it does not reach, where the status alone does not say it.
_OFF_LINE_WORDS = ("offline", "off-line", "not online", "not connected", "disconnected", "not reachable", "unreachable")
_NOT_OF_THE_SITE = (401, 403, 429)  # what is said of the account


def in_parallel(work: Callable[[Item], Result], items: Iterable[Item], concurrency: int) -> list[Result]:
    """``work`` for each item, at most ``concurrency`` at a time, in order. The first error ends it."""
    pool = ThreadPoolExecutor(max_workers=concurrency)
    try:
        return list(pool.map(work, items))
    finally:
        pool.shutdown(cancel_futures=True)


class NoSuchSite(BadInput):
    """The service does not know a site that was given by its id."""


@dataclass(repr=False, unsafe_hash=True)
class SiteOffLine(NxaiError):
    """A site cannot show what it holds, which is no error of the service, and says nothing of what it holds.

    ``listed``: a list of sites says so. Else it is what its own answer may mean.
    """

    listed: bool = field(default=False, kw_only=True)


def is_off_line(site: Site, error: NxaiError) -> bool:
    """Whether the error that a listing of this site ended with may mean no more than that the site is off-line.

    Of one that is listed as off-line nearly every error says so. Of one whose listing does not tell, only a 404, null
    in place of a list, or words do.
    """
    if site.online is False:
        answered = isinstance(error, (Refused, Unexpected)) and not isinstance(error, Incomplete)
        return answered and error.status not in _NOT_OF_THE_SITE
    if site.online or not isinstance(error, (Refused, NoList)):
        return False
    in_words = any(word in error.answer.lower() for word in _OFF_LINE_WORDS)
    return error.status in (None, 404) or (in_words and error.status in (409, 422, 503))


class SiteReader:
    """The list of sites is read only where it is needed, and once.

    A glob that matches no site is warned of, and without ``allow_empty`` it is an error.
    """

    def __init__(
        self,
        api: DeviceApi,
        concurrency: int,
        warn: Callable[[str], None] = unheard,
        allow_empty: bool = True,
    ) -> None:
        if not 1 <= concurrency <= MOST_AT_ONCE:
            advice = f"Give a number from 1 to {MOST_AT_ONCE}."
            raise BadInput("Read the option concurrency", f"concurrency is {concurrency}", advice)
        self._api = api
        self._concurrency = concurrency
        self._warn = warn
        self._allow_empty = allow_empty
        self._sites: Index[Site] | None = None
        self._states: dict[str, bool | None] | None = None

    def all(self) -> list[Site]:
        return self._index().records

    def known(self) -> dict[str, Site]:
        """The sites by id, for what is good to know. Nothing where the service does not list them: that is inferred."""
        try:
            return {each.id: each for each in self.all()}
        except Refused:
            self._sites = Index([], "site")
            return {}

    def named(self, wanted: Sequence[str]) -> list[Site]:
        """One site for each name or id. A site given by its id need not be in the list of sites."""
        if self._sites is None and all(map(is_uuid, wanted)):
            made = {each: Site.from_api({"id": each}) for each in dict.fromkeys(wanted)}
            return [made[each] for each in wanted]
        return [self._index().find(each) for each in wanted]

    def matching(self, patterns: Sequence[str]) -> list[Site]:
        """Each site that one of the names, ids or globs over names is for."""
        if not patterns and not self._allow_empty:
            raise BadInput("Read the option sites", "it is empty", "Name sites, or leave it out for all of them.")
        found: dict[str, Site] = {}
        for pattern in patterns:
            matches = globbed(pattern, self.all()) if is_glob(pattern) else self.named([pattern])
            if not matches:
                say_unmatched(pattern, self.all(), self._warn, self._allow_empty)
            found.update({site.id: site for site in matches})
        return list(found.values())

    def read(self, sites: Sequence[Site], listing: Callable[[str], list[Result]]) -> list[list[Result] | NxaiError]:
        """What each site holds, or the error that its listing ended with. A failed sign-in raises."""

        def one(site: Site) -> list[Result] | NxaiError:
            try:
                return listing(site.id)
            except SignInFailed:
                raise
            except NxaiError as error:
                return error.with_traceback(None)  # whose frames hold what the site answered

        asked = [self._api.site_as_sent(each.id) for each in sites]
        found = in_parallel(one, sites, self._concurrency)
        again = [
            place for place, each in enumerate(found) if self._is_spelled_otherwise(sites[place], asked[place], each)
        ]
        second = in_parallel(one, [sites[place] for place in again], self._concurrency)
        for place, each in zip(again, second, strict=True):
            found[place] = each
        if found and not any(found) and self._api.findings.untold:
            self._doubt_none(sites, listing)
        some = any(isinstance(each, list) for each in found)
        return [
            self._judged(site, each, some) if isinstance(each, NxaiError) else self._as_known(each)
            for site, each in zip(sites, found, strict=True)
        ]

    def _doubt_none(self, sites: Sequence[Site], listing: Callable[[str], list[Result]]) -> None:
        """Raises where none of the sites shows anything, and some of them have rows behind an empty page."""
        findings = self._api.findings
        findings.doubts_none = True
        try:
            asked = [each for each in sites if each.online is not False][: self._concurrency]
            in_parallel(lambda site: listing(site.id), asked, self._concurrency)
        finally:
            findings.doubts_none = False

    def _as_known(self, rows: list[Result]) -> list[Result]:
        """What another site shows may tell more of the devices of this one."""
        return self._api.as_known(rows) if rows and isinstance(rows[0], Device) else rows  # type: ignore[arg-type,return-value]

    def _is_spelled_otherwise(self, site: Site, asked: str, outcome: object) -> bool:
        """Whether its id, by which it was not found, is written in another way where the sites are listed."""
        if not isinstance(outcome, Refused) or outcome.status != 404:
            return False
        return self._listed(site) is not None and self._api.site_as_sent(site.id) != asked

    def _judged(self, site: Site, error: NxaiError, some: bool) -> NxaiError:
        """What it means for this site. ``some``: others were read, so the service does have such a listing."""
        missing = isinstance(error, Refused) and error.status == 404
        listed = self._listed(site) if missing or is_off_line(site, error) else None
        if listed is None:
            return _no_such_site(site, error) if missing else error
        if listed.online and not listed.is_told and self._elsewhere().get(listed.id) is False:
            listed = replace(listed, online=False)
        if is_off_line(listed, error) and (some or listed.online is False):
            tried, off_line = f"look at the site {listed.label}", listed.online is False
            return SiteOffLine(tried, f"it is off-line ({error.answer})", listed=off_line)
        if not missing or names_a_line(error):
            return error
        said = f"The list of sites has {listed.label}, and not as off-line. {hint('fields.site.status')}"
        return replace(error, advice=f"{error.advice} {said}")

    def _listed(self, site: Site) -> Site | None:
        """The site as the service lists it. One that was given by its id need not be known yet."""
        with contextlib.suppress(NxaiError):
            return self.known().get(site.id)
        return None

    def _elsewhere(self) -> dict[str, bool | None]:
        """What the identity provider says of the sites, asked once."""
        if self._states is None:
            self._states = self._api.states_elsewhere()
        return self._states

    def _index(self) -> Index[Site]:
        if self._sites is None:
            self._sites = Index(self._api.list_sites(), "site")
        return self._sites


def say_unmatched(glob: str, sites: Sequence[Site], warn: Callable[[str], None], allow_empty: bool) -> None:
    """A glob that matches no site is warned of, or is an error. ``*`` cannot be misspelt: that is no reason to warn."""
    error = unmatched(glob, sites, "site")
    if not allow_empty:
        raise error
    if glob != "*":
        warn(f'No site matches "{glob}". {error.advice}')


def unread(site: Site, reason: str = SILENT) -> dict[str, str]:
    """A line of the return value ``unread_sites``."""
    return {"site": site.id, "name": site.name, "reason": reason}


def _no_such_site(site: Site, error: NxaiError) -> NoSuchSite:
    return NoSuchSite(
        f"look up the site {site.label}",
        f"the service knows no such site ({error.answer})",
        "Check the id, and that this account (or act_as) may see the site.",
        error.status,
    )
