"""Commands for a reporter who waits: was a report counted, and has anybody answered? Nobody is asked."""

from pathlib import Path
from typing import Any

import click

from keys import directory
from keys.lists import KEPT_WEEKS
from keys.receipt import Receipt
from warp import answers, syncing
from warp.answers import Found, SyncedLists
from warp.cli.joining import opened_wallet, wallet_options
from warp.cli.options import asynchronous, json_option, quoted, write_json
from warp.exchange import ClientError
from warp.wallet import Wallet
from warp.weeks import Week


@click.group()
def receipt() -> None:
    """Look for proof of filing and for replies, in the copy that syncs brought."""


@receipt.command()
@wallet_options
@click.option("--words", is_flag=True, help="Ask for the twelve words of a receipt instead, of any wallet.")
@json_option
@asynchronous
async def check(wallet_path: Path, key_file: Path | None, *, words: bool, as_json: bool) -> None:
    """
    Say which reports the public lists show as counted, and show the coordinators' replies.

    It looks in the copy of the lists that the last sync brought, and causes no request.

    \b
    Example:
      warp receipt check --wallet wallet
    """
    with opened_wallet(wallet_path, key_file) as found:
        newest = syncing.newest_list(found)
        if newest is None:
            raise ClientError(
                "the wallet has no lists yet: a site makes the first at midnight UTC, and warp sync brings it"
            )
        shown = [_asked_for(found)] if words else _own(found, Week.parse(newest.head.week))
    if as_json:
        write_json({"seen": newest.head.day, "reports": shown})
        return
    click.echo(f"The lists as they stood at the end of {newest.head.day}:")
    if not shown:
        click.echo("No report has been made with this wallet.")
    for each in shown:
        _print(each)


def _own(found: Wallet, newest: Week) -> list[dict[str, Any]]:
    contents, shown = found.contents, list[dict[str, Any]]()
    for number, filed in enumerate(contents.filed, start=1):
        lapsed = Week.parse(filed.week) < newest.plus(-KEPT_WEEKS)
        of_lists = _as_json(answers.of_filed(contents, filed))
        shown.append({"number": number, "week": filed.week, "lapsed": lapsed, **of_lists})
    return shown


def _asked_for(found: Wallet) -> dict[str, Any]:
    receipt = Receipt.from_words(click.prompt("The twelve words", hide_input=True, err=True))
    documents, pinned = found.contents.documents, found.contents.root
    root = directory.verify(documents[max(documents)], pinned).root
    return _as_json(answers.of_receipt(receipt, SyncedLists(found.path), pinned, root))


def _as_json(found: Found) -> dict[str, Any]:
    replies = [{"language": each.language, "text": each.text} for each in found.replies]
    return {"accepted": found.accepted, "replies": replies}


def _print(report: dict[str, Any]) -> None:
    name = f"{report['number']}, made in {report['week']}" if "number" in report else "of these words"
    state = f"counted; its mark is in the public list of {report['accepted']}"
    if not report["accepted"]:
        state = "not in a list yet; a report is listed at the midnight after its release"
        if report.get("lapsed"):
            state = "in no list that was seen, and the lists of its weeks are gone"
    click.echo(f"\nReport {name}: {state}.")
    for each in report["replies"]:
        click.echo(f"── a coordinator's reply ({each['language']})\n{quoted(each['text'])}")


COMMANDS: list[click.Command] = [receipt]
