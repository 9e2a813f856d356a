"""The workers of a Dask scheduler that somebody else started and keeps."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from distributed import Client
from distributed.security import Security

from ..sweeps import Job, OutOfWorkersError, versions
from .crew import DaskCrew
from .local import register
from .plugin import StudyPlugin
from .specification import SchedulerSpec

CONNECT = "30s"


@dataclass(frozen=True, slots=True)
class SchedulerBackend:
    """A running scheduler by its address; neither it nor its workers are ended.

    Parameters
    ----------
    spec : SchedulerSpec
        From a cluster file.
    """

    spec: SchedulerSpec

    @property
    def name(self) -> str:
        """As in a cluster file."""
        return "scheduler"

    @contextmanager
    def open(self, job: Job) -> Iterator[DaskCrew]:
        """Connect, make the workers ready that are there and those that come, and leave them as they were."""
        plugin = StudyPlugin(job, versions())
        with ExitStack() as stack:
            try:
                client = Client(self.spec.address, security=self._security(), timeout=CONNECT, set_as_default=False)
            except (OSError, RuntimeError, ValueError) as error:
                message = (
                    f"No scheduler answers at {self.spec.address}: {error} Check the address and the certificates, "
                    "then run the same command again."
                )
                raise OutOfWorkersError(message) from error
            stack.enter_context(client)
            stack.callback(_unregister, client, plugin.name)
            register(client, plugin)
            yield DaskCrew(client, float(self.spec.patience), ready=lambda: register(client, plugin))

    def _security(self) -> Security | None:
        if self.spec.tls_key is None:
            return None
        return Security(
            require_encryption=True,
            tls_ca_file=_place(self.spec.tls_ca_file),
            tls_client_cert=_place(self.spec.tls_cert),
            tls_client_key=_place(self.spec.tls_key),
        )


def _unregister(client: Client, name: str) -> None:
    # On the way out, perhaps because of what went wrong with the workers: that is what shall be told.
    with suppress(Exception):
        client.unregister_worker_plugin(name)


def _place(path: str | None) -> str | None:
    return None if path is None else str(Path(path).expanduser())
