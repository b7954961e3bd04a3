"""The exit statuses, and the reply from which a command's status follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivkit.records import GradientClaim, Verdict
    from derivkit.render.page import Layout, Page


class Status(IntEnum):
    """What the exit status of the process says."""

    DONE = 0
    NO = 1
    UNUSABLE = 2
    REFUSED = 3
    INTERRUPTED = 130  # 128 + SIGINT, as shells report it
    BROKEN_PIPE = 141  # 128 + SIGPIPE


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command answers; the document or the page is made when it is known which of the two is wanted.

    Attributes
    ----------
    document : callable
        Makes the command's own keys of the JSON document.
    page : callable
        Makes the page of text for a `Layout`.
    status : Status
    warnings : tuple of str
    said : tuple of str
        Warnings that the page says itself, for documents.
    """

    document: Callable[[], Mapping[str, Any]]
    page: Callable[[Layout], Page]
    status: Status = Status.DONE
    warnings: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


_OF = {"agree": Status.DONE, "equal": Status.DONE, "disagree": Status.NO, "different": Status.NO, "refused": Status.REFUSED}


def status_of(verdict: Verdict | GradientClaim | None) -> Status:
    """The exit status that a verdict stands for; done where nothing was checked."""
    return Status.DONE if verdict is None else _OF[verdict.verdict]
