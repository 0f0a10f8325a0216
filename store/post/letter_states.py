"""The states of a letter in the outbox, and the kinds by which letters are known to more than who writes them."""

WAITING = "väntar"
RESERVED = "reserverat"
HANDED = "överlämnat"
REFUSED = "avvisat"
BOUNCED = "studsat"
TAKEN_BACK = "återtaget"  #: it was no longer so, and nobody had got it

ESCALATION = "eskalering"  #: the kind of letter that brings a matter before a body, with its tjänsteskrivelse
CHANGED_MATTER = "ändrat ärende"  #: and of the one that tells what remains of it, with a new one
REMAINS = "kvar av ärendet"  #: the same for those who need no paper
REOPENED = "ändrad bokföring"  #: and of the one that tells what the ledger has changed in an underlag

REMINDED = "påminnelse nu"  #: of a reminder that somebody sent by hand
ONCE_MORE = "brev igen"  #: of a letter that somebody sent once more, as it was
