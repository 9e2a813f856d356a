"""The command line, called in the process of a test."""

from cordillera import cli
from typer.testing import CliRunner, Result


def cordillera(*arguments: object) -> Result:
    """A command in this process."""
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def words(result: Result) -> str:
    """What went to standard error, on one line."""
    return " ".join(result.stderr.split())
