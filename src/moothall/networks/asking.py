"""Reading JSON from a server for which no client library is needed."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed

from moothall.core import event_source, http, websocket
from moothall.networks.errors import NetworkError, Temporary
from moothall.networks.translate import Answer, Peer

READ_SECONDS = 10.0

Params = Mapping[str, str] | Sequence[tuple[str, str]]


def get(
    peer: Peer, address: str, params: Params, headers: Mapping[str, str] | None = None, *, within: float = 30.0
) -> Any:
    """The JSON at ``address``; all of it within so many seconds. Raises the errors of ``errors.py``."""
    try:
        with http.client(within=within, timeout=READ_SECONDS) as client:
            response = client.get(
                address,
                params=httpx.QueryParams(tuple(params.items() if isinstance(params, Mapping) else params)),
                headers=dict(headers or {}),
            )
            if not response.is_success:
                raise peer.refusal(Answer(response.status_code, response.headers, response.text))
            return response.json()
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise peer.unanswered(error) from error
    except (ValueError, RecursionError) as error:
        raise peer.unreadable() from error


STREAM_FAULTS = (*websocket.SERVER_FAULTS, *event_source.SERVER_FAULTS)


def stream_fault(peer: Peer, error: BaseException) -> NetworkError:
    """The error for a stream that could not be opened, or that ended; ``error`` is one of ``STREAM_FAULTS``."""
    if isinstance(error, websocket.RefusedByServer):
        return peer.refusal(Answer(error.status, error.headers, error.body))
    if isinstance(error, ConnectionClosed):
        words = error.rcvd.reason if error.rcvd else ""
        return Temporary(f"{peer.name} closed the stream.", words=words)
    if isinstance(error, TimeoutError | httpx.ReadTimeout):
        return Temporary(f"{peer.name} fell silent.")
    return peer.unanswered(error)
