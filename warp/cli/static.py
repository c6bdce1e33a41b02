"""The command that writes the public site to a folder, for a web server or a CDN that serves files."""

import re
import time
from pathlib import Path

import click

from feeds.entry import Site
from handlers import nginx
from warp import config, outlets, static
from warp.cli.options import data_option, json_option, write_json
from warp.site import publisher

_TOLD_SECONDS = 2.0
"""People hear so often how far it is."""
_PATH = re.compile(r"/[\w./+,@=-]*")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")
"""What nginx reads as it stands."""


@click.command(name="publish")
@data_option
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where to: a folder that is new, empty, or was written by this command.",
)
@click.option(
    "--nginx", "as_nginx", is_flag=True, help="Write nginx's configuration for DIR, and nothing else."
)
@click.option("--behind", metavar="URL", help="With --nginx: the server, which gets what is no file.")
@json_option
def publish_command(data: Path, out: Path, behind: str | None, *, as_nginx: bool, as_json: bool) -> None:
    """
    Write the whole public site to a folder: pages, feeds, archives, figures, directory, lists.

    Only what has changed is written. The server may run meanwhile, and readers may read. What is served from
    the folder needs the configuration that --nginx writes, or the same said to another web server.

    \b
    Examples:
      warp publish --data site --out /srv/www/warp
      warp publish --data site --out /srv/www/warp --nginx --behind http://127.0.0.1:8080 > warp.conf
    """
    if behind and not as_nginx:
        raise click.UsageError("--behind says what nginx is to do; give --nginx, too")
    site = publisher(config.read(data))
    if as_nginx:
        click.echo(_configuration(out, site, behind), nl=False)
        return
    public, _ = outlets.of_site(data, site)
    done = static.publish(data, public, out, _Teller())
    if as_json:
        write_json(done._asdict())
        return
    click.echo(
        f"{out}: {done.files:,} files; written: {len(done.written):,}; removed: {len(done.removed):,}."
    )


def _configuration(out: Path, site: Site, behind: str | None) -> str:
    root = str(out.absolute())
    if not _PATH.fullmatch(root):
        raise click.BadParameter("a path for nginx has letters, digits and ./+,@=_- only", param_hint="--out")
    if behind is not None and not _ADDRESS.fullmatch(behind):
        raise click.BadParameter("give it like http://127.0.0.1:8080", param_hint="--behind")
    return nginx.configuration(root, site, behind or "")


class _Teller:
    """Tells people how far it is, on the terminal and not too often."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, done: int, of: int) -> None:
        now = time.monotonic()
        if now - self._last >= _TOLD_SECONDS:
            self._last = now
            click.echo(f"{done:,} of {of:,} changes", err=True)


COMMANDS: list[click.Command] = [publish_command]
