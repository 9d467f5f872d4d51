"""One person of a campaign's frozen audience, as a provider adapter sees them."""

from typing import NamedTuple


class Recipient(NamedTuple):
    """A row of the snapshot. A named tuple, for a send makes one a person: a fifth of a frozen dataclass's time.

    Attributes:
        seq: place in the snapshot, from 0; what every answer refers to.
        email: the address, as the subscriber wrote it.
        name: display name, may be "".
        values: merge values by token, plain text, defaults already applied; every token of the message's
            merge fields is here, save the provider's own unsubscribe address.
        message_id: the Message-ID we choose, with angle brackets, stable for issue and person.
    """

    seq: int
    email: str
    name: str
    values: dict[str, str]
    message_id: str
