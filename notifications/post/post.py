"""Post: the seam where letters leave us, which says who is taken care of and who is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from arshjul.errors import ArshjulError
from notifications.post.mail_url import CONNECTIONS


class PostError(ArshjulError):
    """This letter cannot go now; it is tried again later. The message is Swedish and names the remedy.

    ``begun`` tells that it ended in the middle of a letter, without an answer: the server may have it.
    """

    def __init__(self, words: str, *, begun: bool = False) -> None:
        super().__init__(words)
        self.begun = begun


NOT_TAKEN = "tar inte emot brevet"  #: stands in what is kept with a letter that the server refuses as such


class LetterRefusedError(PostError):
    """The server does not take this letter, whoever it is for. Others may go; this one waits for somebody to look."""


class CrowdedError(PostError):
    """The server takes no more connections, or letters, from us just now. Fewer get through."""


class PostDownError(PostError):
    """No letter can go now: the server is not reached, does not answer, or does not let us in.

    One that ended in the middle of a letter (``begun``) may be for what the server cannot bear in it.
    """


class SenderRefusedError(PostDownError):
    """The server is there and takes nothing from us: our address, login or network is refused, not a recipient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What the server said about each recipient; everyone asked for is in exactly one of the first three."""

    accepted: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)  #: for good: address to the server's words
    deferred: Mapping[str, str] = field(default_factory=dict)  #: try these again later, and only these
    unproven: frozenset[str] = frozenset()  #: whose answer may as well be about us or the server as about them


class Post(Protocol):
    """The seam where letters leave us. ``async with post:`` holds its connections, and closes them.

    ``connections`` is how many letters may be on their way at a time.
    """

    @property
    def connections(self) -> int: ...

    async def __aenter__(self) -> Self:
        """Begin; connections are made when they are first needed."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        ...

    async def deliver(self, sender: str, recipients: Sequence[str], mime: bytes) -> Delivery:
        """Hand over one letter. May be called by several tasks at once.

        Raises PostError when nobody is known to have got it and all of it must be tried again.
        """
        ...


class ListPost:
    """A post for rehearsals and tests: ``sent`` is a list of (sender, recipients, mime).

    ``refused`` and ``deferred`` map addresses to what a server would say; ``down`` is why nothing goes.
    """

    connections = CONNECTIONS

    def __init__(self) -> None:
        self.sent: list[tuple[str, tuple[str, ...], bytes]] = []
        self.refused: dict[str, str] = {}
        self.deferred: dict[str, str] = {}
        self.down: str | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close."""

    async def deliver(self, sender: str, recipients: Sequence[str], mime: bytes) -> Delivery:
        """Put the letter on the list, for those who are neither refused nor deferred."""
        if self.down:
            raise PostDownError(self.down)
        refused = {address: self.refused[address] for address in recipients if address in self.refused}
        deferred = {address: self.deferred[address] for address in recipients if address in self.deferred}
        accepted = tuple(address for address in recipients if address not in refused | deferred)
        if accepted:
            self.sent.append((sender, accepted, mime))
        return Delivery(accepted=accepted, refused=refused, deferred=deferred)
