"""`warp report --batch`: a file of reports by machine, told line by line."""

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import click

from keys.narrative import room
from warp import batch, client
from warp.batch import BadBatch, Line
from warp.carrier import Carrier
from warp.cli import losses, reviewing
from warp.cli.options import write_json
from warp.exchange import ClientError
from warp.member import Member, NotDelivered
from warp.site import present
from warp.wallet import Wallet
from warp.weeks import Week


async def report_batch(
    found: Wallet, file: BinaryIO, carrier: Carrier, facts: Mapping[str, Any], *, as_json: bool
) -> None:
    """
    Check every line, then report them in turn until one cannot be; what was reported before is left out.

    Args:
        found: The member's wallet.
        file: One JSON object a line; see `warp.batch`.
        carrier: How the reports travel.
        facts: The values of the command line's options; see `reviewing.review_options`.
        as_json: Whether the outcome is written for a script.

    Raises:
        ClickException: a line is wrong, and nothing was sent; or lines are left, and it says why.
    """
    lines = _checked(file, found, facts)
    member, done, stopped = Member(found, carrier), list[dict[str, object]](), ""
    for line in lines:
        was_there = client.made_before(found, line.once) is not None
        try:
            receipt = await member.report(line.draft, line.once)
        except ClientError as error:
            waits = ". Its envelope waits in the wallet" if isinstance(error, NotDelivered) else ""
            stopped = f"line {line.number}: {error}{waits}"
            break
        done.append({"line": line.number, "receipt": receipt.words(), "before": was_there})
        if not as_json:
            click.echo(f"line {line.number}: {'sent before' if was_there else 'sent'}  {receipt.words()}")
    left = len(lines) - len(done)
    if as_json:
        write_json({"reports": done, "left": left, "stopped": stopped})
    if member.resealed:
        click.echo(losses.RESEALED, err=True)
    if stopped:
        raise click.ClickException(
            f"{stopped}. {left} of {len(lines)} reports are left; the same command goes on with them later"
        )
    if not as_json:
        click.echo(f"All {len(lines)} reports are with the server.")


def _checked(file: BinaryIO, found: Wallet, facts: Mapping[str, Any]) -> Sequence[Line]:
    """Give the lines of a batch once all of them are in order, as they may be sealed."""
    entry, _ = client.entry_of_week(found, Week.of(present()))
    try:
        lines = batch.read(file.read(), room(len(entry.recipients)))
    except BadBatch as error:
        raise click.ClickException(f"{file.name}, {error}; nothing was sent") from None
    return [_reviewed(file.name, line, found, facts) for line in lines]


def _reviewed(name: str, line: Line, found: Wallet, facts: Mapping[str, Any]) -> Line:
    if client.made_before(found, line.once) is not None:
        return line
    try:
        return line._replace(draft=reviewing.review(found, line.draft, facts, ask=False))
    except click.UsageError:
        raise
    except click.ClickException as error:
        raise click.ClickException(f"{name}, line {line.number}: {error.format_message()}") from None
