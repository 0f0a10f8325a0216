"""Whose word is taken for who sent a mail: the municipality's own servers, as they are set."""

from dataclasses import dataclass
from typing import Literal

Also = Literal["arc", "compauth", "internal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whose word is taken for who sent a mail."""

    servers: frozenset[str] = frozenset()  #: authserv-ids of the municipality's own border, lower case
    also: frozenset[Also] = frozenset()
    #: ``arc``: a chain that our server found whole, and that one of ``servers`` sealed last;
    #: ``compauth``: Exchange Online's own verdict, in a line without authserv-id;
    #: ``internal``: Exchange's mark of a mail that one of the organisation's own has sent

    @property
    def anybody(self) -> bool:
        """Whether any server's word is taken; without it nothing is filed by itself."""
        return bool(self.servers or self.also)
