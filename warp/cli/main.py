"""
The `warp` command: puts the commands together, and turns what went wrong into one line and exit status 2.

Only the modules of this package and `warp.app` read the configuration.
"""

import sys

import click

from keys.errors import KeyFileError, KeysError
from warp.backup import CannotBackUp, NoBackup
from warp.child import ChildFailed
from warp.cli import (
    carrying,
    coordinating,
    coordinators,
    directories,
    drilling,
    inbox,
    joining,
    keeping,
    keyfiles,
    members,
    owning,
    publishing,
    receipts,
    replying,
    reporting,
    runs,
    signalling,
    site,
    static,
    subscribers,
    tallying,
)
from warp.config import ConfigError
from warp.epochs import NoCoordinator
from warp.events import say_nothing_else
from warp.exchange import ClientError
from warp.export import BadFolder
from warp.founding import AlreadyThere
from warp.listening import CannotListen
from warp.rehearsal import CannotDrill
from warp.replay import BadHistory
from warp.report import InvalidReport
from warp.restoring import MayBeBehind
from warp.scenario import BadScenario
from warp.schedule import ClockInDoubt
from warp.stages import NotPossible
from warp.wallet import WalletError
from warp.webroot import CannotPublish

_EXPECTED = (
    AlreadyThere,
    BadFolder,
    BadHistory,
    BadScenario,
    CannotBackUp,
    CannotDrill,
    CannotListen,
    CannotPublish,
    ChildFailed,
    ClientError,
    ClockInDoubt,
    ConfigError,
    InvalidReport,
    KeyFileError,
    KeysError,
    MayBeBehind,
    NoBackup,
    NoCoordinator,
    NotPossible,
    OSError,
    UnicodeDecodeError,
    WalletError,
)
"""What a user can cause and mend; anything else is a fault of the program and shows where."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="warp-point", prog_name="warp")
def cli() -> None:
    """A Warning, Advice and Reporting Point: anonymous sealed reports in, early warnings out."""


_MODULES = (
    site,
    tallying,
    signalling,
    members,
    coordinators,
    joining,
    owning,
    reporting,
    receipts,
    carrying,
    replying,
    inbox,
    coordinating,
    publishing,
    static,
    subscribers,
    directories,
    keeping,
    keyfiles,
    runs,
    drilling,
)
for _module in _MODULES:
    for _command in _module.COMMANDS:
        cli.add_command(_command)


def main() -> None:
    """Run the command line."""
    say_nothing_else()
    try:
        status = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        _end("stopped; nothing was sent or changed by the last step", 130)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.UsageError as error:
        hint = f"; see: {error.ctx.command_path} --help" if error.ctx else ""
        _end(" ".join(error.format_message().split()).rstrip(".") + hint, 2)
    except click.ClickException as error:
        _end(error.format_message(), 2)
    except _EXPECTED as error:
        _end(_sentence(error), 2)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(status if isinstance(status, int) else 0)


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def _end(message: str, status: int) -> None:
    click.echo(f"warp: {message}", err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
