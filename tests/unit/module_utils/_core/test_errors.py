# Copyright (c) 2026, The nxai.cloud maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors are whole when they are made, never change, and survive a way to another process."""

from __future__ import annotations

import contextlib
import copy
import pickle
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest

from ansible_collections.nxai.cloud.plugins.module_utils._core.errors import (
    AnswerLost,
    BadInput,
    NxaiError,
    Refused,
    Unreachable,
)
from ansible_collections.nxai.cloud.plugins.module_utils._engine.sites import NoSuchSite

OTHER_THAN_DEFAULT = {
    "tried": "GET /x", "answer": "HTTP 404", "advice": "Look again.", "status": 404,
    "result": {"changed": True, "devices": [{"site": "a"}]}, "permanent": True, "at_work": 7.5, "fields": {"a": "b"},
    "code": "badRequest", "listed": True, "lost_before": True,
}  # fmt: skip


def classes(root: type[NxaiError] = NxaiError) -> Iterator[type[NxaiError]]:
    yield root
    for each in root.__subclasses__():
        yield from classes(each)


def filled(kind: type[NxaiError]) -> NxaiError:
    values: dict[str, Any] = {each.name: OTHER_THAN_DEFAULT[each.name] for each in fields(kind)}
    return kind(**values)


every_class = pytest.mark.parametrize("kind", list(classes()), ids=lambda kind: kind.__name__)


def test_the_classes_are_found() -> None:
    assert {NxaiError, BadInput, Unreachable, AnswerLost, NoSuchSite} <= set(classes())


@every_class
@pytest.mark.parametrize("same", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_a_copy_is_the_same_error(kind: type[NxaiError], same: Any) -> None:
    error = filled(kind)
    again = same(error)
    assert again == error and hash(again) == hash(error) and again is not error
    assert again.__class__ is kind and vars(again) == vars(error) == {
        each.name: getattr(error, each.name) for each in fields(kind)
    }
    assert (str(again), repr(again)) == (str(error), repr(error))


@every_class
def test_a_field_of_a_made_error_cannot_be_changed(kind: type[NxaiError]) -> None:
    error = filled(kind)
    for each in fields(kind):
        with pytest.raises(AttributeError, match=each.name):
            setattr(error, each.name, OTHER_THAN_DEFAULT[each.name])
    assert error == filled(kind)


@every_class
def test_a_replacement_has_the_class_and_the_other_fields(kind: type[NxaiError]) -> None:
    error = filled(kind)
    other = replace(error, answer="HTTP 500", result={})
    assert other.__class__ is kind and (other.answer, other.result, other.advice) == ("HTTP 500", {}, "Look again.")
    assert replace(other, answer=error.answer, result=error.result) == error
    assert str(other) == "GET /x: HTTP 500. Look again." and str(other) in repr(other)


@every_class
def test_errors_differ_by_each_of_their_fields(kind: type[NxaiError]) -> None:
    error = filled(kind)
    for each in fields(kind):
        empty = type(OTHER_THAN_DEFAULT[each.name])()
        assert replace(error, **{each.name: empty}) != error
    assert (kind("a", "b") == NoSuchSite("a", "b")) is (kind is NoSuchSite)


def test_python_may_set_what_is_its_own() -> None:
    @contextlib.contextmanager
    def passing() -> Iterator[None]:
        yield

    error = Refused("GET /x", "HTTP 500")
    for _time in range(2):  # contextlib sets __traceback__ of what goes through it
        with pytest.raises(Refused) as caught, passing():
            raise error from None
        assert caught.value is error and error.__suppress_context__
    for notes in (["one"], ["another"]):
        error.__notes__ = notes
    assert error.with_traceback(None).__traceback__ is None


def test_without_more_an_error_has_no_result() -> None:
    assert Refused("a", "b").result == {} and Refused("a", "b").result is not Refused("a", "b").result
    assert Unreachable("a", "b").permanent is False and AnswerLost("a", "b").at_work == 0.0
