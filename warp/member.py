"""
A member's own tools: one object that syncs and reports by itself, for programs that use WARP as a library.

Over the client, to which it adds patience, and the promise that a program can die anywhere and be started
again: nothing is lost and nothing is counted twice. It asks nobody and shows nobody anything; what a text
gives away, the program that wrote it has to know.
"""

import asyncio
import contextlib
import functools
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

from keys.lock import Lock
from keys.receipt import Receipt
from warp import client, resealing, syncing
from warp.carrier import DIRECT, Carrier
from warp.client import Draft
from warp.exchange import Unreachable
from warp.patience import Patience
from warp.report import check
from warp.syncing import Synced
from warp.wallet import Wallet, opened

_PATIENT = Patience()
_present = functools.partial(datetime.now, UTC)


class NotDelivered(Unreachable):
    """The report is sealed and waits in the wallet. It goes out with the next one: do not report it again."""

    def __init__(self, reason: Unreachable, receipt: Receipt) -> None:
        super().__init__(str(reason), reason.problem)
        self.receipt = receipt


class Member:
    """A member with its wallet open. What is asked of it at the same time is done in turn."""

    def __init__(
        self,
        wallet: Wallet,
        carrier: Carrier = DIRECT,
        patience: Patience = _PATIENT,
        clock: Callable[[], datetime] = _present,
    ) -> None:
        self._wallet = wallet
        self._carrier = carrier
        self._patience = patience
        self._clock = clock
        self.resealed = 0
        """Reports whose token had been used: the wallet was copied, or restored from an older copy."""
        self._turn = asyncio.Lock()  # the outbox has one end

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls,
        path: Path,
        lock: Lock,
        carrier: Carrier = DIRECT,
        patience: Patience = _PATIENT,
        clock: Callable[[], datetime] = _present,
    ) -> AsyncIterator["Member"]:
        """
        Open a wallet, for this process alone, while the block runs.

        Args:
            path: The wallet's file, made by `warp join`.
            lock: Its passphrase or key file.
            carrier: A proxy or a relay, if there is one.
            patience: How long to try where no answer comes.
            clock: Gives the present time, aware.

        Raises:
            WalletError: there is none, it is in use, or it is locked otherwise.
        """
        with opened(path, lock, secrets.token_bytes) as wallet:
            yield cls(wallet, carrier, patience, clock)

    async def sync(self) -> Synced:
        """
        Fetch keys and tokens of the next four weeks; not beside a report, which it would put a name to.

        Raises:
            Refused, Unreachable, DirectoryError: as `syncing.sync`.
        """
        async with self._turn:
            return await self._patience.persist(
                lambda: syncing.sync(self._wallet, self._clock(), secrets.token_bytes, carrier=self._carrier)
            )

    async def deliver(self) -> None:
        """
        Send what waits in the wallet.

        Raises:
            Refused, Unreachable: as `resealing.deliver`.
        """
        async with self._turn:
            await self._deliver()

    async def _deliver(self) -> None:
        self.resealed += await self._patience.persist(
            lambda: resealing.deliver(self._wallet, self._clock(), secrets.token_bytes, self._carrier)
        )

    async def report(self, draft: Draft, once: bytes = b"") -> Receipt:
        """
        Report, after what waits in the wallet has gone.

        Args:
            draft: What happened.
            once: What the caller knows this report by, such as the hash of a ticket's number. The same again
                sends nothing and gives the same receipt; so a program that died may simply repeat its call.

        Raises:
            InvalidReport, NarrativeError: the draft is wrong; nothing was made.
            NoTokens: this week's are used up.
            NotDelivered: it is made, and waits in the wallet.
            Unreachable: an earlier one still waits; nothing was made of this one.
            Refused: the server takes the first one in the outbox never; `discard` gives it up.
        """
        check(draft.facts(bytes(32)))
        async with self._turn:
            await self._deliver()
            return client.made_before(self._wallet, once) or await self._make(draft, once)

    async def _make(self, draft: Draft, once: bytes) -> Receipt:
        sealed = await asyncio.to_thread(
            client.seal, self._wallet, draft, self._clock(), secrets.token_bytes, once
        )
        try:
            await self._deliver()
        except Unreachable as error:
            raise NotDelivered(error, sealed.receipt) from None
        return sealed.receipt

    def discard(self) -> None:
        """Give up the first report in the outbox; one made with `once` can then be made again."""
        client.discard(self._wallet)
