"""
Tells coordinators that there may be something to read, by a command or by mail, beside the release.

Nobody waits for it: a release is done before it begins, and a mail server that is silent delays nothing.
The command gets no input, no argument of ours and no environment but `PATH`; what it writes is thrown away.
What went wrong is an event, without the reason that a mail server or a command gave.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import smtplib
from collections.abc import Coroutine, Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from warp.events import Event, Log
from warp.notify import Notify, domain, mail

_COMMAND_SECONDS = 30.0
"""A command that takes longer is killed, with everything that it started."""
_SMTP_SECONDS = 10.0
"""For each step of a conversation with the mail server."""


class CommandFailed(Exception):
    """The command ended with another status than 0, or not in time."""


class Teller:
    """Tells a site's coordinators. `finish` waits for what is under way."""

    def __init__(
        self, settings: Notify, site: str, log: Log, command_seconds: float = _COMMAND_SECONDS
    ) -> None:
        self.settings = settings
        self._site = site
        self._log = log
        self._command_seconds = command_seconds
        self._under_way: set[asyncio.Task[None]] = set()

    def tell(self, now: datetime) -> None:
        """Begin to tell them, in the background."""
        if self.settings.command:
            self._begin(_run(self.settings.command, self._command_seconds))
        if self.settings.mail_to:
            mails = [
                mail(self.settings, to, self._site, now.date(), secrets.token_hex(16))
                for to in self.settings.mail_to
            ]
            self._begin(asyncio.to_thread(_send, self.settings, mails))

    async def finish(self) -> None:
        """Wait until everybody is told, or could not be."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    def _begin(self, telling: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._watch(telling))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _watch(self, telling: Coroutine[Any, Any, None]) -> None:
        try:
            await telling
        except (OSError, UnicodeError, smtplib.SMTPException, CommandFailed) as error:
            self._log(Event.NOT_TOLD, error)


async def _run(command: Sequence[str], seconds: float) -> None:
    """
    Run a program that learns nothing but that it is run.

    Raises:
        CommandFailed, OSError.
    """
    nothing = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=nothing,
        stdout=nothing,
        stderr=nothing,
        env={"PATH": os.environ.get("PATH", os.defpath)},
        cwd="/",
        start_new_session=True,
    )
    try:
        status = await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise CommandFailed from None
    if status:
        raise CommandFailed


def _send(settings: Notify, mails: Sequence[EmailMessage]) -> None:
    """
    Hand mails to the mail server, which is not told this machine's name; one that it refuses stops no other.

    Raises:
        OSError, SMTPException.
    """
    host, port = settings.smtp_address
    greeting = domain(settings.mail_from)
    refused: smtplib.SMTPException | None = None
    with smtplib.SMTP(host, port, local_hostname=greeting, timeout=_SMTP_SECONDS) as server:
        for message in mails:
            try:
                server.send_message(message)
            except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
                refused = error
    if refused is not None:
        raise refused
