"""
What coordinators are told: that there may be something to read. Never what, how much, or of which day.

The settings of it and the text of the mail. Sending it is `warp.telling`.
"""

import enum
import re
from datetime import UTC, date, datetime, time
from email.message import EmailMessage
from email.utils import format_datetime

import msgspec

_MAIL = re.compile(r"[A-Za-z0-9._%+=/-]+@[A-Za-z0-9.-]+")
_SMTP = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")


class When(enum.StrEnum):
    """When coordinators are told at midnight."""

    DAILY = "daily"
    NEW = "new"


class Notify(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How coordinators are told; not at all unless a command or an address is given."""

    when: When = When.DAILY
    """Each midnight, or only after one that brought something. Daily mail says nothing by being there."""
    urgent: bool = True
    """Also at the full hour at which urgent reports are released. That shows that there were some."""
    command: tuple[str, ...] = ()
    """Program and arguments; it learns nothing but that it is run."""
    mail_to: tuple[str, ...] = ()
    """Addresses; each gets a mail of its own."""
    mail_from: str = ""
    """Address of the sender."""
    smtp: str = "127.0.0.1:25"
    """Mail server, host:port, spoken to without encryption or password."""

    def __post_init__(self) -> None:
        if not all(part and part.isprintable() for part in self.command):
            raise ValueError("notify: command: a program and its arguments, none of them empty")
        if not all(_MAIL.fullmatch(address) for address in self.mail_to):
            raise ValueError("notify: mail_to: addresses like ana@warp.example")
        if self.mail_from and not _MAIL.fullmatch(self.mail_from):
            raise ValueError("notify: mail_from: an address like warp@warp.example")
        if self.mail_to and not self.mail_from:
            raise ValueError("notify: mail_to needs mail_from")
        if not _SMTP.fullmatch(self.smtp) or not 0 < self.smtp_address[1] < 65536:
            raise ValueError("notify: smtp: host:port, like 127.0.0.1:25")

    @property
    def smtp_address(self) -> tuple[str, int]:
        """Host and port of the mail server."""
        host, _, port = self.smtp.rpartition(":")
        return host.strip("[]"), int(port)


def mail(settings: Notify, to: str, site: str, day: date, identifier: str) -> EmailMessage:
    """
    Give the mail to one coordinator: the same text every time, with a time no finer than a day.

    Args:
        settings: Whose sender it has.
        to: The coordinator's address.
        site: The site's name, the one thing that is told.
        day: UTC; of the mail's `Date`, which every mail must have.
        identifier: Random; of the `Message-ID`.
    """
    message = EmailMessage()
    message["Subject"] = site
    message["From"] = settings.mail_from
    message["To"] = to
    message["Date"] = format_datetime(datetime.combine(day, time(), UTC))
    message["Message-ID"] = f"<{identifier}@{domain(settings.mail_from)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{site}: there may be something to read.\n")
    return message


def domain(address: str) -> str:
    """Give what stands after the at sign."""
    return address.rpartition("@")[2]
