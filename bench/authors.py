"""Fill an empty database with authors, each writing a thread of five parts with three pictures for four channels.

    python -m bench.authors NUMBER

Prints, as JSON, each author's session and the form of their composer.
"""

import json
import sys
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 - these import models, which need the settings
from django.test import Client  # noqa: E402
from PIL import Image  # noqa: E402

from moothall.accounts.models import Membership, Service, User  # noqa: E402
from moothall.accounts.roles import Role  # noqa: E402
from moothall.channels.models import Channel, Connection, State  # noqa: E402
from moothall.channels.queries import limits_to_keep  # noqa: E402
from moothall.core import clock, pictures, sealing  # noqa: E402
from moothall.core.pictures import Picture  # noqa: E402
from moothall.library.models import Asset, AssetState  # noqa: E402
from moothall.networks import registry  # noqa: E402
from moothall.operating import house  # noqa: E402
from moothall.publishing import actions  # noqa: E402
from moothall.publishing.content import Content, Enclosed, Wording  # noqa: E402

NETWORKS = ("bluesky", "mastodon", "newsroom", "rehearsal")
HANDLES = {"bluesky": "{}.exampleshire.gov.uk", "mastodon": "{}@social.exampleshire.gov.uk"}
PART = (
    "The mobile library comes to {place} on Saturday, with the new books and the old favourites. #Libraries "
    "Bring your card, or join there and then: https://www.exampleshire.gov.uk/libraries/mobile?stop={place} "
    "It stands by the green from ten until noon."
)
PLACES = ("Wendham", "Upper-Marsh", "Little-Pike", "Fernhill", "Ashdown")


def channels(service: Service, name: str) -> list[Channel]:
    """One connected channel on each network. Nobody is asked: a preview never is on a network."""
    now, made = clock.now(), []
    for network in NETWORKS:
        channel = Channel.objects.create(
            network=network,
            handle=HANDLES.get(network, "{}").format(name),
            slug=f"{name}-{network}",
            display_name=f"{name.capitalize()} Library",
            service=service,
            state=State.LIVE,
        )
        Connection.objects.create(
            channel=channel,
            sealed=sealing.seal({}),
            remote_id=channel.slug,
            limits=limits_to_keep(registry.network(network).limits),
            connected_at=now,
            checked_at=now,
            check_due_at=now,
        )
        made.append(channel)
    return made


def asset(service: Service, colour: str) -> Asset:
    path = Path(settings.MEDIA_ROOT) / "drawn.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (1200, 900), colour).save(path)
    kept = Picture(path.read_bytes(), "image/jpeg", ".jpg", 1200, 900)
    return Asset.objects.create(
        state=AssetState.READY,
        service=service,
        original_name="drawn.jpg",
        alt="A van with its side open, and shelves of books in it.",
        name=pictures.keep(kept, "library"),
        content_type="image/jpeg",
        width=1200,
        height=900,
        size=kept.size,
    )


def author(number: int) -> dict[str, object]:
    """An author of a service of their own, with a saved draft: a session and the composer's form."""
    name = f"author{number}"
    service = Service.objects.create(name=f"Service {number}", slug=f"service-{number}")
    person = User.objects.create(email=f"{name}@exampleshire.example", name=f"Author {number}")
    Membership.objects.create(user=person, role=Role.AUTHOR, service=service)
    text = "\n---\n".join(PART.format(place=place) for place in PLACES)
    chosen, assets = channels(service, name), [asset(service, f"#{number:02x}{place:02x}66") for place in range(3)]
    enclosed = [Enclosed(each, each.alt, part=part) for part, each in enumerate(assets, start=1)]
    post = actions.save_post(person, None, Content(service, text, dict.fromkeys(chosen, Wording()), enclosed=enclosed))
    browser = Client()
    browser.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    form = {"post": post.pk, "service": service.pk, "text": text, "language": "en", "when": "at_once"}
    form |= {f"channel_{each.pk}": "on" for each in chosen} | {"media": [each.pk for each in assets]}
    form |= {f"alt_{each.asset.pk}": each.alt for each in enclosed}
    form |= {f"part_{each.asset.pk}": each.part for each in enclosed}
    return {"session": browser.cookies["sessionid"].value, "form": form}


if __name__ == "__main__":
    house.prepare()
    print(json.dumps([author(number) for number in range(int(sys.argv[1]))]))
