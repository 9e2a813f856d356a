"""An S3 server on the loopback interface, whose requests are counted and can be disturbed."""

import os
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from socket import SHUT_RDWR
from threading import Lock, Thread
from wsgiref.handlers import format_date_time

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.server import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

HOST = "127.0.0.1"
KEY, SECRET = "AKIAFAKEFAKEFAKEFAKE", "fake/secret+that/nobody/has"
CODES = {"500": "InternalError", "501": "NotImplemented", "503": "SlowDown", "403": "AccessDenied"}
Start = Callable[..., object]


@dataclass
class Disturbance:
    """What befalls the requests that it fits.

    Parameters
    ----------
    kind : str
        `500`, `501`, `503`, `403`: answered so. `drop`: not answered. `cut`: half of the answer is sent. `lost`:
        carried out and answered with 500. `slow`: answered after 0.2 s.
    method, part : str
        Only requests of this method, whose path holds this.
    every : int
        Only each so many of them.
    times : float
        How often it befalls one.
    """

    kind: str
    method: str = ""
    part: str = ""
    every: int = 1
    times: float = float("inf")
    seen: int = 0
    done: int = 0

    def befalls(self, method: str, path: str) -> bool:
        """Whether this request is disturbed."""
        if self.method not in ("", method) or self.part not in path:
            return False
        self.seen += 1
        if self.seen % self.every or self.done >= self.times:
            return False
        self.done += 1
        return True


class QuietHandler(MotoRequestHandler):
    """Writes no line for every request."""

    def log(self, *arguments: object) -> None:
        """Nothing."""

    def connection_dropped(self, error: BaseException, environ: dict | None = None) -> None:
        """Closed at once, where the client would wait for an answer."""
        self.close_connection = True
        self.connection.shutdown(SHUT_RDWR)


@dataclass
class LoopbackS3:
    """A server of moto in this process.

    Parameters
    ----------
    conditional : bool
        Whether it looks at conditions of puts.
    refuses_conditions : bool
        Whether one that does not says so.
    ahead : float
        Seconds that its clock shows more than when its objects were written.
    disturbances : list of Disturbance
        The first one that befalls a request counts.
    requests : list of (str, str)
        Method and path of every request.
    bucket : str
        The bucket that was made last.
    """

    conditional: bool = True
    refuses_conditions: bool = False
    ahead: float = 0.0
    disturbances: list[Disturbance] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0
    bucket: str = ""
    _application: DomainDispatcherApplication = field(
        default_factory=lambda: DomainDispatcherApplication(create_backend_app)
    )
    _server: BaseWSGIServer | None = None
    _writing: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def begin(self) -> None:
        """Listen, on the port of the last time if there was one."""
        self._server = make_server(HOST, self.port, self.answer, threaded=True, request_handler=QuietHandler)
        self.port = self._server.server_port
        Thread(target=self._server.serve_forever, daemon=True).start()

    def end(self) -> None:
        """Go away; what is stored is kept."""
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def calm(self) -> None:
        """As in the beginning."""
        self.conditional, self.refuses_conditions, self.ahead = True, False, 0.0
        self.disturbances.clear()
        self.requests.clear()

    def address(self, name: str = "a.zarr") -> str:
        """The URL of a store in the bucket."""
        return f"s3://{self.bucket}/{name}"

    def make_bucket(self, name: str) -> None:
        self.bucket = name
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/{name}", data=b"", method="PUT")) as answer:
            assert answer.status == 200

    def counts(self) -> Counter[str]:
        """Requests by method; a listing is a GET of the bucket."""
        return Counter("LIST" if "list-type" in path else method for method, path in self.requests)

    def answer(self, environ: dict, start: Start) -> Iterable[bytes]:
        """One request."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        with self._writing:
            query = environ.get("QUERY_STRING", "")
            self.requests.append((method, f"{path}?{query}" if query else path))
            kind = next((one.kind for one in self.disturbances if one.befalls(method, path)), "")
        if not self.conditional:
            conditions = [environ.pop(name, None) for name in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH")]
            kind = "501" if self.refuses_conditions and any(conditions) else kind
        if kind == "drop":
            raise ConnectionAbortedError
        if kind == "slow":
            time.sleep(0.2)
        if kind == "lost":
            list(self._application(environ, lambda *_: None))
            kind = "500"
        if kind in CODES:
            body = f"<Error><Code>{CODES[kind]}</Code><Message>no</Message></Error>".encode()
            start(f"{kind} {CODES[kind]}", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
            return [] if method == "HEAD" else [body]
        body = self._application(environ, lambda status, headers, *_: start(status, self._dated(headers)))
        return list(_halved(body)) if kind == "cut" else body

    def _dated(self, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        kept = [(name, value) for name, value in headers if name.lower() != "date"]
        return [*kept, ("Date", format_date_time(time.time() + self.ahead))]


def _halved(body: Iterable[bytes]) -> Iterator[bytes]:
    whole = b"".join(body)
    yield whole[: len(whole) // 2]


def fake_credentials(url: str) -> dict[str, str]:
    """Variables of the environment of somebody who may use the server at `url`, and no other."""
    return {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_ENDPOINT_URL": url,
    }
