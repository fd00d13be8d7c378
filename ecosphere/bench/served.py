"""The app as its readers meet it: a server of its own, and one reader's side of its protocol."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, sleep
from urllib.error import URLError
from urllib.request import urlopen

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection

from ecosphere.config import ROOT
from ecosphere.model import Problem

START_S = 90
HERE = "127.0.0.1"
WHO = "-who."  # in the id of a widget, before the name of the attribute that it chooses
DONE, FOR_RERUN = ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN


@dataclass(frozen=True)
class Server:
    """Where the app answers, and its process."""

    host: str
    process: int

    @property
    def stream(self) -> str:
        return f"ws://{self.host}/_stcore/stream"


@contextmanager
def serving(home: Path) -> Iterator[Server]:
    """The app on a free port of this machine alone, until the block ends."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        port = probe.getsockname()[1]
    command = (sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port))
    process = subprocess.Popen(  # noqa: S603  # our own words
        command,
        cwd=ROOT,
        env={**os.environ, "ECOSPHERE_HOME": str(home.absolute())},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f"http://{HERE}:{port}/_stcore/health", process)
        yield Server(f"{HERE}:{port}", process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    until = perf_counter() + START_S
    while perf_counter() < until and process.poll() is None:
        try:
            with urlopen(address, timeout=2):  # noqa: S310  # our own server
                return
        except (URLError, OSError):
            sleep(0.2)
    raise Problem("bench_command", command="streamlit", code=process.poll(), detail=address)


@dataclass
class Session:
    """One reader: what the screen offers to choose, and what has been chosen."""

    socket: ClientConnection
    page: str
    offered: dict[str, list[str]] = field(default_factory=dict)  # widget -> labels
    chosen: dict[str, list[str]] = field(default_factory=dict)
    script: str = ""

    async def run(self, chosen: Mapping[str, list[str]] | None = None) -> bool:
        """Run the page with these choices more, until it stands; False where it shows an error."""
        self.chosen |= chosen or {}
        await self.socket.send(self._asked().SerializeToString())
        is_well = True
        while True:
            message = ForwardMsg.FromString(_bytes(await self.socket.recv()))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.script = message.new_session.page_script_hash
            elif kind == "delta":
                is_well &= self._drawn(message)
            elif kind == "script_finished" and message.script_finished != FOR_RERUN:
                return is_well and message.script_finished == DONE

    def _asked(self) -> BackMsg:
        """What a browser sends when something is chosen: the whole state of its widgets."""
        asked = BackMsg()
        state = asked.rerun_script
        state.page_name, state.page_script_hash = self.page, self.script
        state.context_info.locale = "en"
        state.context_info.color_scheme = "light"
        for widget, labels in self.chosen.items():
            told = state.widget_states.widgets.add()
            told.id = widget
            told.string_array_value.data[:] = labels
        return asked

    def _drawn(self, message: ForwardMsg) -> bool:
        """Remember what can be chosen; False for an error."""
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "multiselect" and WHO in element.multiselect.id:
            self.offered[element.multiselect.id] = list(element.multiselect.options)
        return kind != "exception" and not (
            kind == "alert" and element.alert.format == element.alert.ERROR
        )


def _bytes(received: str | bytes) -> bytes:
    return received.encode() if isinstance(received, str) else received
