"""Readers in front of their screens: websocket sessions of the real server, who think between."""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from random import Random
from statistics import median
from time import perf_counter

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

from ecosphere.bench import draws
from ecosphere.bench.measure import MS, Effort, Figure, quantile
from ecosphere.bench.memory import cpu_seconds, peak
from ecosphere.bench.served import WHO, Server, Session, serving
from ecosphere.generations import Home
from ecosphere.source import Catalog

PAGE = "active_users"
THINK_S = 3.0
PATIENCE_S = 60.0
ALONE = 20  # reruns of the one reader whose processor time is measured


@dataclass
class _Saw:
    """How long each rerun took to stand, and how many did not."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0


def real(home: Home, catalog: Catalog, effort: Effort) -> Iterator[Figure]:
    """One reader alone, then many; at last the memory that the server has taken."""
    names = draws.covered(catalog)
    with serving(home.path) as server:
        yield from asyncio.run(_alone(server, names))
        for count in effort.sessions:
            saw = asyncio.run(_together(server, names, count, effort.session_seconds))
            yield from _figures(saw, count)
        yield Figure("memory", "serving_memory", peak(server.process), "mb")


def _figures(saw: _Saw, count: int) -> Iterator[Figure]:
    runs = len(saw.seconds)
    for name, share in (("session_p50", 0.5), ("session_p95", 0.95)):
        value = quantile(saw.seconds, share) * MS if runs else PATIENCE_S * MS
        yield Figure("sessions", name, value, "ms", count, runs=runs)
    yield Figure("sessions", "session_errors", saw.errors, "count", count, runs=runs)


async def _alone(server: Server, names: Collection[str]) -> list[Figure]:
    """What one rerun costs the server, under another filter each time."""
    random, saw = draws.chance(), _Saw()
    async with _connected(server) as socket:
        session = Session(socket, PAGE)
        await session.run()
        await _choose(session, names, random, _Saw())  # its charts are drawn for the first time
        before = cpu_seconds(server.process)
        for _ in range(ALONE):
            await _choose(session, names, random, saw)
        used = cpu_seconds(server.process) - before
    return [
        Figure("sessions", "rerun_cpu", used / ALONE * MS, "ms", runs=ALONE),
        Figure("sessions", "rerun", median(saw.seconds) * MS, "ms", runs=ALONE),
    ]


async def _together(server: Server, names: Collection[str], count: int, seconds: float) -> _Saw:
    """So many readers for some seconds once all of them see the page; they begin one by one."""
    saw = _Saw()
    ready = asyncio.Barrier(count)

    async def read(number: int) -> None:
        random = draws.chance(number)
        try:
            async with _connected(server) as socket:
                session = Session(socket, PAGE)
                async with asyncio.timeout(PATIENCE_S * count):
                    await session.run()
                    await ready.wait()
                await asyncio.sleep(random.uniform(0, THINK_S))
                until = perf_counter() + seconds
                while perf_counter() < until:
                    await _choose(session, names, random, saw)
                    await asyncio.sleep(THINK_S)
        except (OSError, WebSocketException, TimeoutError, asyncio.BrokenBarrierError):
            saw.errors += 1
            await ready.abort()

    await asyncio.gather(*map(read, range(count)))
    return saw


async def _choose(session: Session, names: Collection[str], random: Random, saw: _Saw) -> None:
    """Choose one value of one attribute that facts carry, and let go of what was chosen."""
    offered = {w: v for w, v in session.offered.items() if w.partition(WHO)[2] in names}
    widget, labels = random.choice(list(offered.items()))
    chosen = {**{key: [] for key in session.chosen}, widget: [random.choice([*labels])]}
    began = perf_counter()
    async with asyncio.timeout(PATIENCE_S):
        is_well = await session.run(chosen)
    saw.seconds.append(perf_counter() - began)
    saw.errors += not is_well


def _connected(server: Server) -> AbstractAsyncContextManager[ClientConnection]:
    return connect(
        server.stream,
        subprotocols=[Subprotocol("streamlit")],
        origin=Origin(f"http://{server.host}"),
        max_size=None,
        compression=None,
    )
