# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls of all stages over one transport: what is tried, what came of it, and the contract that is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from .._api.compute import ComputeApi
from .._api.contract.contract import Contract
from .._api.contract.operations import DESCRIBE_COMPUTE, DESCRIBE_DEVICE, OPERATIONS
from .._api.device import DeviceApi
from .._api.pages import all_pages
from .._api.records.spelling import learn_rows, spelled
from .._api.records.wrapping import find_rows, find_total
from .._core.errors import BadInput, Incomplete, NxaiError, Refused
from .._core.findings import Findings
from .._engine.module import Task
from .._http.answer import Answer
from .._http.operation import Operation
from .evidence import Evidence, Exchange, code_of, headers_of, query_of, shape_of
from .explore import Result, Ways, explore
from .inference.draft import Draft, Proposal
from .inference.records import Inferred, Row, ids_of

MOST_REQUESTS = 300
_DOCUMENTS = (DESCRIBE_COMPUTE.name, DESCRIBE_DEVICE.name)  # whose form is known
Places = Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """How a call ended. ``error`` is None where it was answered."""

    operation: Operation
    error: NxaiError | None = None


class Session:
    """``draft`` is the contract as it is found. ``outcomes``: of each call by its name, how it ended."""

    def __init__(self, task: Task, start: Draft) -> None:
        self.options = task.options
        self.transport = task.client.transport
        self.settings = task.client.settings
        self.free = not task.options["auth_scheme"]  # whether the scheme is for us to choose
        self.free_scope = not task.options["token_scope"]
        self.free_to_act = not any((task.options["act_as"] or {}).values())
        self.draft = start
        self.evidence = Evidence()
        self.outcomes: dict[str, Outcome] = {}
        self.questions: list[str] = []
        self.proved: set[str] = set()  # lines that a write went well with: no later one changes them
        self.totals = 0  # listings of which a total was told, and was right
        self.sure = False  # that the token is sent in the right way
        self.heard: Any = None  # the data of the last answer
        self.heard_headers: Mapping[str, str] = {}
        self.transport.findings = self._findings = Findings()
        self._findings.wary = True
        self._answers: dict[Any, Answer] = {}
        self._last: Answer | None = None
        self._asked: tuple[str, Places, Places] | None = None  # what it answers
        self._moved: dict[str, bool] = {}
        self._given = self.draft
        self._listener: tuple[str, list[Any]] = ("", [])
        self.transport.heard = self._hear
        self.use(start)

    # The contract

    def use(self, draft: Draft) -> Contract:
        """Send by this draft from now on."""
        contract = draft.contract
        self.transport.operations = contract.operations
        if self.free:
            self.transport.credentials.scheme = self._findings.found.get("auth.scheme") or contract.auth.scheme
        if self.free_scope:
            self.transport.credentials.scope = contract.auth.scope or None
        if self.free_to_act:
            self.transport.settings = replace(self.transport.settings, act_as=contract.auth.act_as)
        return contract

    def keep(self, draft: Draft) -> None:
        """Go on with it, and with what the transport has found by itself."""
        for key, value in self._findings.found.items():
            try:
                draft = draft.adding(Proposal({key: value}, "the service answers so"))
            except BadInput:
                continue
        self.draft = draft
        self.use(draft)

    def take(self, inferred: Inferred) -> None:
        for each in inferred.proposals:
            self.propose(each)
        self.questions += [each for each in inferred.questions if each not in self.questions]

    def propose(self, proposal: Proposal) -> None:
        """Keep these lines, if they make a contract with those that are there."""
        try:
            self.keep(self.draft.adding(proposal))
        except BadInput as error:
            lines = ", ".join(proposal.lines)
            self.questions.append(f"{lines}: {error.answer}. Look at it yourself.")

    def compute(self, draft: Draft) -> ComputeApi:
        return ComputeApi(self.transport, self.use(draft))

    def device(self, draft: Draft) -> DeviceApi:
        return DeviceApi(self.transport, self.use(draft))

    def showing(self, draft: Draft, read_only: Sequence[str] | None) -> DeviceApi:
        """The same, but that it leaves these keys alone out of pipelines, where they are given."""
        contract = self.use(draft)
        if read_only is not None:
            contract = replace(contract, assignment=replace(contract.assignment, read_only=tuple(read_only)))
        return DeviceApi(self.transport, contract)

    # Calls

    def insisting(self, attempt: Callable[[Draft], Result]) -> Callable[[Draft], Result]:
        """The attempt, once more where the first of all is refused for what may be over: a failure, or an old token."""
        left = [attempt]

        def insisted(draft: Draft) -> Result:
            try:
                return attempt(draft)
            except Refused as error:
                first = bool(left and left.pop())
                if not first or error.status not in (401, 403, 500):
                    raise
                renewed = self.sure and self._renewed()
                if error.status != 500 and not renewed:
                    raise
            return attempt(draft)

        return insisted

    def _renewed(self) -> bool:
        """Whether there is another token now. The one before was good, so signing in again locks no account."""
        credentials = self.transport.credentials
        try:
            return credentials.renew(credentials.header())
        except NxaiError:
            return False

    def read(
        self,
        name: str,
        record: str,
        ways: Ways,
        path: Callable[[Draft], Places] = lambda _draft: {},
        query: Mapping[str, str] | None = None,
    ) -> list[Row]:
        """The rows of a listing, raw, with the first draft by which they come. Raises what it ended with."""

        def attempt(draft: Draft) -> list[Row]:
            return self.rows(draft, name, record, path(draft), query or {})

        with self.noted(name):
            draft, found = explore(self.draft, self.insisting(attempt), ways)
            self.sure = self.sure or OPERATIONS[name].api != "cloud"
            self.keep(draft)
        return found

    @contextmanager
    def listening(self, name: str, answers: list[Any]) -> Iterator[None]:
        """In the block, the data of each good answer to this call goes into ``answers``, too."""
        before = self._listener
        self._listener = (name, answers)
        try:
            yield
        finally:
            self._listener = before

    @contextmanager
    def noted(self, name: str) -> Iterator[None]:
        """What the call of this name ends with in the block, is how it ended."""
        try:
            yield
        except NxaiError as error:
            self.use(self.draft)
            self.outcomes.setdefault(name, Outcome(self.draft.contract.operations[name], error))
            raise
        self.outcomes[name] = Outcome(self.draft.contract.operations[name])

    def rows(
        self, draft: Draft, name: str, record: str, path: Places, query: Mapping[str, str], size: int | None = None
    ) -> list[Row]:
        contract = self.use(draft)
        raw = replace(contract, fields={key: each for key, each in contract.fields.items() if key[:7] == "answer."})
        pages = contract.operations[name].page_size if size is None else size

        def fetch(paging: dict[str, str]) -> Answer:
            return self.get(name, path, {**query, **paging})

        own_way = OPERATIONS[name].api == "cloud"  # of the partners' API, which says nothing of the others
        rows = all_pages(fetch, pages, record, raw, Findings() if own_way else self._findings)
        self.totals += bool(rows) and not own_way and self._total(contract, record) == len(rows)
        if not pages and rows and not self._is_whole(name, contract, record):
            answer = "the service does not say whether these are all rows"
            raise Incomplete(f"Read {name} without pages", answer, "A part is not taken for the whole.")
        learn_rows(self._findings, record, contract.known(record, rows))
        return rows

    def _is_whole(self, name: str, contract: Contract, record: str) -> bool:
        """Whether a listing that was not asked for in pages is the whole: as is known, or the user or a total says."""
        if contract.operations[name].api == "cloud" or self._given.value(f"operations.{name}.page_size") == 0:
            return True
        return self._total(contract, record) is not None

    def _total(self, contract: Contract, record: str) -> int | None:
        """What the last answer says, by the contract or by a usual name."""
        answer = self._last
        listed = find_rows(answer.data, record, contract.places("answer.rows")) if answer else None
        if answer is None or contract.places("answer.total") == ("",):
            return None
        told = find_total(answer.data, listed) if listed else None
        found = contract.total(answer)
        return told.total if found is None and told else found

    def get(self, name: str, path: Places, query: Mapping[str, str]) -> Answer:
        """The answer to one call, remembered, so that it can be read in another way without another request."""
        operation = self.transport.sent_as(OPERATIONS[name])
        kinds = {"site_id": "site", "uuid": "model"}
        path = {each: str(spelled(self._findings, kinds.get(each, ""), value)) for each, value in path.items()}
        place = (operation.api, operation.path, tuple(operation.spelling.items()))
        signed = (self.transport.credentials.scheme, self.transport.settings.act_as)
        key = (name, place, signed, tuple(path.items()), tuple(query.items()))
        if key not in self._answers:
            if self.transport.requests_sent >= MOST_REQUESTS:
                advice = "The report says what was found so far."
                raise BadInput("Find out what differs", f"more than {MOST_REQUESTS} requests were needed", advice)
            self._answers[key] = self.transport.send(OPERATIONS[name], path=path, query=query)
        self._last, self._asked = self._answers[key], (name, path, query)
        self.heard, self.heard_headers = self._last.data, self._last.headers
        return self._last

    def moved(self, record: str) -> bool:
        """Whether the last answer has other rows, or in another order, when it is asked for again: once per listing."""
        if self._asked is None or self._last is None:
            return False
        name, path, query = self._asked
        if name not in self._moved:
            try:
                again = self.transport.send(OPERATIONS[name], path=path, query=query)
            except NxaiError:
                return False
            one, other = (self._ids(record, each) for each in (self._last, again))
            self._moved[name] = one != other
            if one != other:
                self.questions.append(
                    f"operations.{name}.paging: the same request gave rows in another order. So it cannot be found out"
                    " how pages are asked for."
                )
        return self._moved[name]

    def _ids(self, record: str, answer: Answer) -> list[str]:
        listed = find_rows(answer.data, record, self.draft.contract.places("answer.rows"))
        rows = [each for each in listed.rows if isinstance(each, dict)] if listed else []
        return [ids_of(record, each, self.draft.contract) for each in rows]

    def forget(self, name: str) -> None:
        """Ask again for what this call has given, before something is written by it."""
        self._answers = {key: answer for key, answer in self._answers.items() if key[0] != name}

    def _hear(self, operation: Operation, query: Mapping[str, str], outcome: Answer | NxaiError) -> None:
        known = [operation.spelling.get(each, each) for each in operation.query]
        call = (operation.name, operation.method, operation.path, query_of(query, known))
        if isinstance(outcome, NxaiError):
            code, fields = code_of(outcome)
            self.evidence.add(Exchange(*call, outcome.status, code=code, fields=fields))
            return
        self.heard, self.heard_headers = outcome.data, outcome.headers
        if operation.name == self._listener[0]:
            self._listener[1].append(outcome.data)
        shape = None if operation.name in _DOCUMENTS else shape_of(outcome.data)
        self.evidence.add(Exchange(*call, outcome.status, headers_of(outcome.headers), shape=shape))
