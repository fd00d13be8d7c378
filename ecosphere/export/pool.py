"""Processes of their own for what takes long: pictures, slides and sheets.

A process that draws uses a core for a third of a second at a time; in the serving process every
reader would wait for that. They start when somebody opens the first menu of files.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from importlib import import_module
from multiprocessing import get_context, parent_process
from threading import Lock, Thread
from typing import Any, TypeVar

WORKERS = 2
NICE = 5  # the serving process has the right of way

LOADED = ("image", "slides", "sheets")
WARM = {"mark": "point", "data": {"values": []}}  # the first chart takes two seconds

Given = TypeVar("Given")
Made = TypeVar("Made")

_lock = Lock()


def warm() -> None:
    """Begin to start the processes, and come back at once."""
    for _ in range(WORKERS):
        _executor().submit(_nothing)


def each(job: Callable[[Given], Made], items: Iterable[Given]) -> Iterator[Made]:
    """Like `map`, in the processes. One that was killed is replaced, and its work done again."""
    kept = list(items)
    futures: list[Future[Made]] = [_submit(job, item) for item in kept]
    for future, item in zip(futures, kept, strict=True):
        try:
            yield future.result()
        except BrokenProcessPool:
            yield _submit(job, item).result()


def _submit(job: Callable[[Given], Made], item: Given) -> "Future[Made]":
    executor = _executor()
    try:
        return executor.submit(job, item)
    except BrokenProcessPool:
        _renew(executor)
        return _executor().submit(job, item)


def _executor() -> ProcessPoolExecutor:
    with _lock:
        return _made()


@cache
def _made() -> ProcessPoolExecutor:
    # Spawned: a fork of a process with threads may hang, and would keep a generation open.
    return ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn"), initializer=_begin)


def _renew(broken: ProcessPoolExecutor) -> None:
    """Make new ones, unless somebody who met the same has made them."""
    with _lock:
        if _made() is broken:
            _made.cache_clear()


def _begin() -> None:
    """Load what draws, draw once, and end when the serving process does, however it ends."""
    os.nice(NICE)
    Thread(target=_end_with_parent, daemon=True).start()
    image, *_ = (import_module(f"ecosphere.export.{name}") for name in LOADED)
    image.png(WARM, image.Frame("Ecosphere"), image.PALETTES["light"])


def _end_with_parent() -> None:
    parent: Any = parent_process()
    parent.join()
    os._exit(0)


def _nothing() -> None:
    """Work enough to start a process."""
