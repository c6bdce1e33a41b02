"""Commands for the local list: what is a member's own, and is looked for in a text before it is sent."""

from collections.abc import Callable, Iterable
from pathlib import Path

import click

from warp.cli.joining import Command, opened_wallet, wallet_options
from warp.cli.options import json_option, write_json
from warp.identifying import InvalidOwn, Own, parse_domain, parse_network, parse_word


def _own_options(command: Command) -> Command:
    for option in (
        click.option(
            "--word", "words", multiple=True, help="A name of a person or an organisation; repeat it."
        ),
        click.option("--network", "networks", multiple=True, help="Such as 192.0.2.0/24; repeat it."),
        click.option("--domain", "domains", multiple=True, help="With all below it; repeat it."),
    ):
        command = option(command)
    return command


@click.group()
def own() -> None:
    """Say what is your own: `warp report` looks for it in a text. The list stays in the wallet."""


@own.command()
@wallet_options
@_own_options
def add(wallet_path: Path, key_file: Path | None, **given: tuple[str, ...]) -> None:
    """
    Add to the list. Causes no request.

    \b
    Example:
      warp own add --wallet wallet --domain example.org --network 192.0.2.0/24 --word "Ana Pérez"
    """
    new = _parsed(**given)
    with opened_wallet(wallet_path, key_file) as found:
        listed = found.contents.own
        found.contents.own = Own(
            domains=_joined(listed.domains, new.domains),
            networks=_joined(listed.networks, new.networks),
            words=_joined(listed.words, new.words),
        )
        found.save()
    _show(found.contents.own)


@own.command(name="list")
@wallet_options
@json_option
def list_own(wallet_path: Path, key_file: Path | None, *, as_json: bool) -> None:
    """
    Show the list. Causes no request.

    \b
    Example:
      warp own list --wallet wallet
    """
    with opened_wallet(wallet_path, key_file) as found:
        listed = found.contents.own
    if as_json:
        write_json(listed)
        return
    _show(listed)


@own.command()
@wallet_options
@_own_options
def remove(wallet_path: Path, key_file: Path | None, **given: tuple[str, ...]) -> None:
    """
    Take something off the list. Causes no request.

    \b
    Example:
      warp own remove --wallet wallet --word "Ana Pérez"
    """
    gone = _parsed(**given)
    with opened_wallet(wallet_path, key_file) as found:
        listed = found.contents.own
        found.contents.own = Own(
            domains=_without(listed.domains, gone.domains),
            networks=_without(listed.networks, gone.networks),
            words=_without(listed.words, gone.words),
        )
        found.save()
    _show(found.contents.own)


def _parsed(domains: Iterable[str], networks: Iterable[str], words: Iterable[str]) -> Own:
    given = Own(
        domains=_all(domains, parse_domain, "--domain"),
        networks=_all(networks, parse_network, "--network"),
        words=_all(words, parse_word, "--word"),
    )
    if given == Own():
        raise click.UsageError("say what: --domain, --network or --word")
    return given


def _all(given: Iterable[str], parse: Callable[[str], str], option: str) -> tuple[str, ...]:
    try:
        return tuple(parse(each) for each in given)
    except InvalidOwn as error:
        raise click.BadParameter(str(error), param_hint=option) from None


def _joined(listed: Iterable[str], new: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*listed, *new}))


def _without(listed: Iterable[str], gone: Iterable[str]) -> tuple[str, ...]:
    unknown = sorted({*gone} - {*listed})
    if unknown:
        raise click.ClickException(f"{unknown[0]} is not on the list; see: warp own list")
    return tuple(each for each in listed if each not in gone)


def _show(listed: Own) -> None:
    for kind, entries in (("domain", listed.domains), ("network", listed.networks), ("word", listed.words)):
        for each in entries:
            click.echo(f"{kind:8} {each}")
    if listed == Own():
        click.echo("The list is empty: warp own add")


COMMANDS: list[click.Command] = [own]
