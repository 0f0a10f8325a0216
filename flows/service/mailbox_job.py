"""The watchdog's job of reading the mailbox: each mail taken in by itself, and when one that is down is tried again."""

import asyncio
import logging
from collections.abc import Callable
from datetime import time, timedelta

from actions.act import Act
from actions.inbox.inbox import MAILBOX as BY_MAILBOX
from actions.inbox.inbox import take_in
from actions.inbox.sorting import open_mail
from actions.ladder.notes import tell_waiting
from actions.scene import Scene
from arshjul.swedish import local, local_date
from flows.machine import Machine
from notifications.mailbox.mailbox import Fetched, MailboxError
from store.service.installation import MAILBOX, set_up
from submissions.files.scanning import InfectedError

logger = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(minutes=15)  #: between tries of a mailbox that is down


class MailboxJob:
    """Reads the mailbox, and remembers how it stands."""

    def __init__(self, machine: Machine, monotonic: Callable[[], float], is_stopping: Callable[[], bool]) -> None:
        self.machine = machine
        self.failures = 0  #: tries after each other in which it was down
        self._monotonic, self._is_stopping = monotonic, is_stopping
        self._again_at = 0.0  #: by the monotonic clock

    async def read(self) -> None:
        """Take in what has come by mail; a mailbox that is down is tried again after 1, 2, 4, ... minutes."""
        machine = self.machine
        if machine.mailbox is None or self._monotonic() < self._again_at:
            return
        since = local_date(machine.clock.real(local(machine.office.since, time())))
        try:
            if words := await asyncio.to_thread(machine.intake.hindrance):
                raise MailboxError(f"Inga mejl tas in: de ligger kvar i brevlådan. {words}")
            # in a thread, as the outbox
            done = await asyncio.to_thread(machine.mailbox().empty, self.take, since, stopping=self._is_stopping)
            words = f"{done.left} mejl gick inte att ta hand om. Se loggen." if done.left else ""
            self.failures, self._again_at = 0, 0.0
        except MailboxError as error:
            words = str(error)
            pause = min(timedelta(minutes=1) * (1 << min(self.failures, 16)), LONGEST_PAUSE)
            self.failures += 1
            self._again_at = self._monotonic() + pause.total_seconds()
            logger.warning("mailbox.down again_after=%.0fs error=%s", pause.total_seconds(), words)

        def tell(scene: Scene) -> None:
            set_up(scene.session, {MAILBOX: words}, scene.now, replace=True)
            tell_waiting(scene)

        machine.carry_out(tell)

    def take(self, fetched: Fetched) -> None:
        """Read one mail, and take it in, in a transaction of its own; committed when this returns."""
        now = self.machine.clock()
        real_now = self.machine.clock.real(now)
        arrived = now - (real_now - (fetched.arrived or real_now))
        intake, raw, virus = self.machine.intake, fetched.raw, ""
        try:
            intake.scan("mejlet", raw)  # one that cannot be scanned stays where it is
        except InfectedError as found:
            raw, virus = raw.partition(b"\r\n\r\n")[0][:65_536] + b"\r\n\r\n", found.virus
        opened = open_mail(self.machine.look, raw, arrived, too_large=fetched.too_large, virus=virus)
        self.machine.carry_out(lambda scene: take_in(Act(scene, BY_MAILBOX), opened, arrived))
