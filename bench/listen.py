"""How many events of Bluesky's firehose one core reads to find an event's hashtag: ours, and the plain client library.

``python -m bench.listen``. See README.md.
"""

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable

from atproto import CAR, models
from atproto_firehose import parse_subscribe_repos_message
from atproto_subscription.frames import Frame

from bench.firehose import TAG, Firehose
from moothall.networks import bluesky_frames, bluesky_items
from moothall.networks.bluesky_hearing import Reading
from moothall.networks.bluesky_names import Names
from moothall.networks.hearing import RemoteAuthor, Wanted
from moothall.networks.text import fold_tag

SEED = 24
EVENTS = 20_000
OURS_TIMES = 5
"""How often ours reads them all in one run, to take a time that can be measured."""
RUNS = 3
KNOWN_AUTHORS = 1_000
TARGET = 20.0


class Known(Names):
    """Everybody's name is known: looking them up is not what is measured."""

    def ask(self, server: str, did: str) -> RemoteAuthor:
        return bluesky_items.unknown(did)


def ours(frames: list[bytes], authors: set[str]) -> set[str]:
    """What the listener does with each message of the stream, up to the item that it takes."""
    reading = Reading(bluesky_frames, Wanted({fold_tag(TAG)}, set(authors)), "", Known())
    found: set[str] = set()
    for frame in frames:
        for each in reading.read(frame):
            if each.signal.item:
                found.add(each.signal.item.remote_id)
    return found


def clients(frames: list[bytes], authors: set[str]) -> set[str]:
    """The library's own example, ``examples/firehose/process_commits.py``, for posts alone, with a look at the tags."""
    wanted = fold_tag(TAG)
    found: set[str] = set()
    for frame in frames:
        message = parse_subscribe_repos_message(Frame.from_bytes(frame))
        if not isinstance(message, models.ComAtprotoSyncSubscribeRepos.Commit) or not message.blocks:
            continue
        content = CAR.from_bytes(message.blocks)
        for operation in message.ops:
            collection, _, key = operation.path.partition("/")
            if operation.action != "create" or not operation.cid or collection != bluesky_items.POSTS:
                continue
            record = models.get_or_create(content.blocks.get(operation.cid), strict=False)
            if isinstance(record, models.AppBskyFeedPost.Record) and wanted in map(fold_tag, _tags(record)):
                found.add(bluesky_items.uri(message.repo, key))
    return found


def _tags(record: models.AppBskyFeedPost.Record) -> list[str]:
    found = list(record.tags or [])
    for facet in record.facets or []:
        found += [each.tag for each in facet.features if isinstance(each, models.AppBskyRichtextFacet.Tag)]
    return found


Reader = Callable[[list[bytes], set[str]], set[str]]


def per_second(read: Reader, frames: list[bytes], authors: set[str], times: int) -> tuple[float, set[str]]:
    gc.collect()
    began = time.process_time()
    for _ in range(times):
        found = read(frames, authors)
    return len(frames) * times / (time.process_time() - began), found


def main() -> int:
    firehose = Firehose(random.Random(SEED))
    frames = firehose.frames(EVENTS)
    authors = set(firehose.people[:KNOWN_AUTHORS])
    size = sum(map(len, frames)) / len(frames)
    print(f"{len(frames):,} events of {size:,.0f} bytes on average, {len(firehose.tagged)} with the hashtag")
    rates: dict[str, list[float]] = {"ours": [], "client": []}
    for run in range(1, RUNS + 1):
        rate, found = per_second(ours, frames, authors, OURS_TIMES)
        peer, peers = per_second(clients, frames, authors, 1)
        if not found == peers == firehose.tagged:
            print(f"Ours found {len(found)}, the client {len(peers)}, of {len(firehose.tagged)}", file=sys.stderr)
            return 1
        rates["ours"].append(rate)
        rates["client"].append(peer)
        print(f"run {run}: ours {rate:,.0f} events a second, the client library {peer:,.0f}: {rate / peer:.1f} times")
    mine, its = statistics.median(rates["ours"]), statistics.median(rates["client"])
    ratio = statistics.median(a / b for a, b in zip(rates["ours"], rates["client"], strict=True))
    print(f"result listen.events_per_second {mine:.0f} events/s")
    print(f"result listen.client_events_per_second {its:.0f} events/s")
    print(f"result listen.ratio_client {ratio:.1f} ratio")
    return 0 if ratio >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
