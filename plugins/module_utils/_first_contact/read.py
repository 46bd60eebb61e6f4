# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first stage: read everything that can be read, and find out how. Sends GETs alone (and signs in)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .._api.cloud import Party
from .._api.compute import ALL_AVAILABLE
from .._api.contract.contract import Contract
from .._api.contract.operations import DESCRIBE_COMPUTE, DESCRIBE_DEVICE, ELSEWHERE, LIST_SITES
from .._api.records.records import Site
from .._api.records.wrapping import find_rows
from .._core.errors import BadInput, Incomplete, NxaiError, Refused
from .._http.answer import asks_to_act
from .._http.operation import PREFIX, Operation
from .inference.draft import Draft, Proposal
from .inference.paging import LISTINGS, of_all, sizes, spellings
from .inference.pipelines import infer_pipelines, running
from .inference.records import Row, ids_of, infer_record
from .inference.ways import TOTAL, ReadWays
from .inference.words import infer_model_words, infer_server_words, infer_site_words
from .openapi.comparison import Difference, compare, operations_of
from .openapi.document import Document
from .session import Session
from .signing import sign_in

MOST_SITES = 5  # that are looked into, and one that is off-line
_RECORDS = {"list_catalogues": "catalogue", "list_models": "model", "list_sites": "site"}


@dataclass
class Seen:
    """What was read, raw.

    ``cameras``: the devices of each site that was looked into, by its id, as far as it shows them. ``shown``: by the
    same, whether it has shown some. ``described``: what the documents say of a call, other than is known. ``stopped``:
    why nothing more could be read.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    cameras: dict[str, list[Row]] = field(default_factory=dict)
    shown: dict[str, bool] = field(default_factory=dict)
    described: dict[str, list[Proposal]] = field(default_factory=dict)
    documents: list[Difference] = field(default_factory=list)
    parties: dict[str, list[Row]] = field(default_factory=dict)
    paging: str = ""
    stopped: NxaiError | None = None


class Reading:
    def __init__(self, session: Session) -> None:
        self._session = session
        self.seen = Seen()

    def all(self) -> Seen:
        for operation in (DESCRIBE_COMPUTE, DESCRIBE_DEVICE):
            self._try(lambda operation=operation: self._document(operation))  # type: ignore[misc]
        try:
            sign_in(self._session)
        except NxaiError as error:
            self.seen.stopped = error
            return self.seen
        for name in _RECORDS:
            self._try(lambda name=name: self._listing(name))  # type: ignore[misc]
        self._pages_of_all()
        self._totals()
        self._try(self._parties)
        self._acting()
        if not self._session.sure:
            self.seen.stopped = next(
                outcome.error for name, outcome in self._session.outcomes.items() if name in _RECORDS
            )
            return self.seen
        self._all_models()
        self._of_sites()
        self._words()
        self._try(self._paging)
        for name in ("list_registry_devices", "list_groups"):
            self._try(lambda name=name: self._plain(name, self.seen.rows))  # type: ignore[misc]
        return self.seen

    @staticmethod
    def _try(step: Callable[[], None]) -> bool:
        """Whether it went well. What it ended with is noted by the session."""
        try:
            step()
        except BadInput:
            raise
        except NxaiError:
            return False
        return True

    # The documents

    def _document(self, operation: Operation) -> None:
        session = self._session
        with session.noted(operation.name):
            answer = session.transport.send(operation)
            document = Document(answer.data, PREFIX[operation.api], answer.tried)
        operations = operations_of(operation.api, session.draft.contract.operations)
        for each in compare(document, operations):
            self.seen.documents.append(each)
            for lines in _lines_of(each):
                self.seen.described.setdefault(each.operation, []).append(Proposal(lines, "the service's own document"))

    # Listings

    def _ways(self, name: str, record: str, site: Row | None = None) -> ReadWays:
        session = self._session
        described = self.seen.described.get(name, ())
        moved = partial(session.moved, record)
        return ReadWays(
            name,
            record,
            lambda: session.heard,
            session.sure,
            session.free,
            described,
            site,
            lambda: session.heard_headers,
            moved,
        )

    def _listing(self, name: str) -> None:
        record = _RECORDS[name]
        rows = self._session.read(name, record, self._ways(name, record))
        if name == LIST_SITES.name and not rows:
            rows = self._sites_of_cloud()
        self.seen.rows[record] = rows
        catalogues = [ids_of("catalogue", row, self._contract) for row in self.seen.rows.get("catalogue", ())]
        self._session.take(infer_record(record, rows, self._session.draft, catalogues))

    def _incomplete(self, line: str = "") -> list[str]:
        """The listings that were not whole, for what this line says."""
        outcomes = self._session.outcomes
        errors = {name: outcomes[name].error for name in _RECORDS if name in outcomes}
        return [name for name, error in errors.items() if isinstance(error, Incomplete) and line in error.advice]

    def _pages_of_all(self) -> None:
        """A service has one way to page: what one listing shows of it helps others that are too short to show it."""
        session = self._session
        known = (session.draft.value(f"operations.{name}.paging") for name in LISTINGS)
        way = next((each for each in known if each), None)
        if way:
            session.propose(Proposal(of_all(way), "so are the pages of another listing asked for"))
        for name in self._incomplete() if way else ():
            self._try(partial(self._listing, name))

    def _totals(self) -> None:
        """Where no total is right: each counts more than the account is shown, though pages were read to their end."""
        session, wrong = self._session, self._incomplete(TOTAL)
        if not wrong or session.totals:
            return
        session.propose(Proposal({TOTAL: ""}, f"of {len(wrong)} listings none has as many rows as its total says"))
        for name in wrong:
            self._try(partial(self._listing, name))

    def _sites_of_cloud(self) -> list[Row]:
        """The identity provider's list, where the other one is empty. It may well be that there are none."""
        session, other = self._session, ELSEWHERE[LIST_SITES.name]
        if not session.settings.cloud_url or session.draft.contract.operations[LIST_SITES.name] != LIST_SITES:
            return []
        lines = {"operations.list_sites.api": other.api, "operations.list_sites.path": other.path}
        before, found = session.draft, list[Row]()
        with session.noted(LIST_SITES.name):
            draft = before.adding(Proposal(lines, "the list where it was expected is empty, and this one is not"))
            self._try(lambda: found.extend(session.rows(draft, LIST_SITES.name, "site", {}, {})))
        session.keep(draft if found else before)
        return found

    @property
    def _contract(self) -> Any:
        return self._session.draft.contract

    def _plain(self, name: str, into: dict[str, Any]) -> None:
        """A listing that little hangs on: as it is known, or not at all."""
        record = name.removeprefix("list_").removesuffix("s")
        into[record] = self._session.read(name, record, lambda _draft, _error: ())

    def _all_models(self) -> None:
        """Those that are available to the account, which may be more than it lists as its own."""
        session = self._session
        query = {"Catalogue": ALL_AVAILABLE, "Customization": session.settings.brand}

        def more() -> None:
            rows = session.rows(session.draft, "list_models", "model", {}, query)
            known = {ids_of("model", row, self._contract) for row in self.seen.rows.get("model", ())}
            new = [row for row in rows if ids_of("model", row, self._contract) not in known]
            self.seen.rows.setdefault("model", []).extend(new)

        if "model" in self.seen.rows and not self._try(more):
            session.questions.append(
                "operations.list_models.query.Catalogue: the service refuses to list the models that are available."
            )
        if self.seen.rows.get("model"):
            self._try(self._one_model)

    def _one_model(self) -> None:
        uuid = ids_of("model", self.seen.rows["model"][0], self._contract)
        if uuid:
            with self._session.noted("get_model"):
                self._session.get("get_model", {"uuid": uuid}, {})

    def _parties(self) -> None:
        for name in ("list_organisations", "list_channel_partners"):
            if self._session.settings.cloud_url:
                self._plain(name, self.seen.parties)

    def _acting(self) -> None:
        """Where nothing is answered to whoever does not say for whom. With one to act for, it is clear for whom."""
        session = self._session
        errors = {name: outcome.error for name, outcome in session.outcomes.items() if name in _RECORDS}
        refused = [name for name, error in errors.items() if isinstance(error, Refused) and asks_to_act(error.answer)]
        if not refused or not session.free_to_act:
            return
        parties = parties_of(self.seen.parties, self._contract)
        if len(parties) != 1:
            some = "; ".join(f"{each.kind} {each.id}" for each in parties)
            session.questions.append(f"auth.act_as: for whom do you act? {some or 'Nobody is listed.'}")
            return
        session.propose(Proposal({"auth.act_as": parties[0].act_as}, "nothing without it, and there is no other"))
        for name in refused:
            self._try(partial(self._listing, name))

    # What sites hold

    def _of_sites(self) -> None:
        sites = self._chosen()
        self.seen.cameras = devices = self._of_each("list_devices", "device", sites)
        self.seen.rows["device"] = [row for rows in devices.values() for row in rows]
        self.seen.shown = {ids_of("site", row, self._contract): False for row in sites}
        self.seen.shown.update({site: bool(rows) for site, rows in devices.items()})
        servers = self._of_each("list_servers", "server", sites)
        self.seen.rows["server"] = [row for rows in servers.values() for row in rows]
        session = self._session
        for record in ("device", "server"):
            session.take(infer_record(record, self.seen.rows[record], session.draft))
        models = {ids_of("model", row, self._contract) for row in self.seen.rows.get("model", ())} - {""}
        session.take(infer_pipelines(self.seen.rows["device"], session.draft, models))

    def _chosen(self) -> list[Row]:
        """A few sites that seem to be on-line, and one that is not."""
        rows = [row for row in self.seen.rows.get("site", ()) if ids_of("site", row, self._contract)]
        state = {id(row): _online(row, self._contract) for row in rows}
        rows.sort(key=lambda row: (False, None, True).index(state[id(row)]), reverse=True)
        off_line = [row for row in rows[MOST_SITES:] if state[id(row)] is False]
        return rows[:MOST_SITES] + off_line[:1]

    def _of_each(self, name: str, record: str, sites: Sequence[Row]) -> dict[str, list[Row]]:
        """What each site shows, by its id. Where none shows anything, other ways are tried at the first."""
        found = dict(self._shown(name, record, sites))
        if not found and sites:
            first = sites[0]

            def path(draft: Draft) -> dict[str, str]:
                return {"site_id": ids_of("site", first, draft.contract)}

            def explore() -> None:
                self._session.read(name, record, self._ways(name, record, first), path)

            if self._try(explore):
                found = dict(self._shown(name, record, sites))
        return found

    def _look(self, name: str, record: str, site: str, rows: list[Row]) -> None:
        with self._session.noted(name):
            rows += self._session.rows(self._session.draft, name, record, {"site_id": site}, {})

    def _shown(self, name: str, record: str, sites: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
        session = self._session
        for row in sites:
            site = ids_of("site", row, self._contract)
            rows: list[Row] = []
            if self._try(partial(self._look, name, record, site, rows)):
                session.keep(session.draft)
                yield site, rows

    # Words and pages

    def _words(self) -> None:
        session, rows = self._session, self.seen.rows
        runs = running(rows.get("device", []), self._contract)
        session.take(infer_model_words(rows.get("model", []), session.draft, runs))
        session.take(infer_site_words(rows.get("site", []), session.draft, self.seen.shown))
        session.take(infer_server_words(rows.get("server", []), session.draft))

    def _paging(self) -> None:
        """One row at a time of the longest listing, to see that pages are asked for in the right way."""
        name = max(_RECORDS, key=lambda each: len(self.seen.rows.get(_RECORDS[each], ())))
        operation = self._contract.operations[name]
        if len(self.seen.rows.get(_RECORDS[name], ())) < 2 or not operation.page_size:
            return
        session = self._session
        if operation.paging == "cursor":
            self.seen.paging = "pages follow each other by what leads from one to the next"
            return
        others = spellings() if operation.paging == "rows" else sizes()
        for draft in (session.draft, *(session.draft.adding(each) for each in others)):
            if _is_paged(session, draft, name):
                session.keep(draft)
                self.seen.paging = f"seen with {name}: one row was asked for, and came, and then the next one"
                return
        session.use(session.draft)
        self.seen.paging = "one row was asked for, and others came: the service gives all rows, or pages in another way"


def _is_paged(session: Session, draft: Draft, name: str) -> bool:
    contract = session.use(draft)
    second = "2" if contract.operations[name].paging == "pages" else "1"
    try:
        pages = [
            _rows_of(session.get(name, {}, {"Limit": "1", **offset}).data, draft, _RECORDS[name])
            for offset in ({}, {"Offset": second})
        ]
    except NxaiError:
        return False
    return [len(page) for page in pages] == [1, 1] and pages[0] != pages[1]


def parties_of(rows: Mapping[str, list[Row]], contract: Contract) -> list[Party]:
    """Whom the account may act for, as far as the service says. ``rows``: raw, by their record."""
    found = []
    for record, each in rows.items():
        for row in contract.known(record, each):
            with suppress(NxaiError):
                found.append(Party.from_api(row, record))
    return found


def _rows_of(data: Any, draft: Draft, record: str) -> list[Any]:
    found = find_rows(data, record, draft.contract.places("answer.rows"))
    return found.rows if found else []


def _online(row: Row, contract: Any) -> bool | None:
    try:
        return Site.from_api(contract.known("site", [row])[0]).online
    except NxaiError:
        return None


def _lines_of(difference: Difference) -> Iterator[Mapping[str, Any]]:
    """The option that a difference gives, as lines of the contract."""
    changes = ((difference.option or {}).get("contract") or {}).get("operations", {})
    for name, change in changes.items():
        lines: dict[str, Any] = {}
        for member, value in change.items():
            inner = value.items() if isinstance(value, Mapping) else None
            if inner is None:
                lines[f"operations.{name}.{member}"] = value
            else:
                lines |= {f"operations.{name}.{member}.{key}": each for key, each in inner}
        yield lines
