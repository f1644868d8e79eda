"""The four ways in which a network can say no, and what each means to the sender.

========================  =====================================  ======================================
error                     what is known                          what the sender does
========================  =====================================  ======================================
``Temporary``             nothing was posted; later may do       waits, then tries again
``Rejected``              nothing was posted; never will be      stops; a person must change something
``NeedsReconnect``        nothing was posted; the credentials    stops; the channel must be reconnected
                          are no longer good
``OutcomeUnknown``        the request left us and no clear       marks the delivery unconfirmed and looks
                          answer came back; it may be live       for the post; never resends blindly
========================  =====================================  ======================================

``Halted`` is a ``Temporary`` of our own making: somebody stopped the sending before the request was written.
"""

from datetime import timedelta


class NetworkError(Exception):
    """A network did not do what we asked.

    ``str(error)`` is a plain sentence for a person. ``words`` is what the server itself said, shortened, never
    containing a credential; empty where it said nothing. ``status`` is the HTTP status, where there was one.
    """

    def __init__(self, message: str, *, words: str = "", status: int | None = None) -> None:
        super().__init__(_shown(message))
        self.words = _shown(words)[:1000]
        self.status = status


def _shown(text: str) -> str:
    """``text`` without control characters: a server's words may hold any, and PostgreSQL keeps no NUL."""
    return "".join(sign for sign in text if sign.isprintable() or sign == "\n")


class Temporary(NetworkError):
    """Nothing was posted; the same request may succeed later, at the earliest after ``retry_after``."""

    def __init__(
        self,
        message: str,
        *,
        words: str = "",
        status: int | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message, words=words, status=status)
        self.retry_after = retry_after


class Halted(Temporary):
    """Nothing was posted, because we were told to stop sending (``core.http.before_each_request``)."""


class Rejected(NetworkError):
    """Nothing was posted, and the same request will never succeed."""


class NeedsReconnect(NetworkError):
    """Nothing was posted: the network no longer accepts the channel's credentials."""


class OutcomeUnknown(NetworkError):
    """The request was sent and no clear answer came back: the post may be live."""
