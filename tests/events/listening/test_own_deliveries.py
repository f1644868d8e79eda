"""What our own channels sent is on the wall, if it was for everybody to see."""

import pytest

from moothall.events.listening import own_deliveries
from moothall.events.models import Event, Item
from moothall.publishing.models import Delivery
from tests import factories
from tests.publishing.conftest import send_all

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("options", "shows"),
    [
        ({}, True),
        ({"visibility": "unlisted"}, True),
        ({"content_warning": "Rain"}, True),
        ({"visibility": "private"}, False),
    ],
)
def test_a_post_for_followers_only_is_on_no_wall(event: Event, options: dict[str, str], shows: bool) -> None:
    channel = factories.connected()
    event.official_channels.add(channel)
    factories.approved(channel, text="Good morning #ExDay24")
    send_all(channel)
    Delivery.objects.update(options=options)
    own_deliveries.take_sent(everything=True)
    assert Item.objects.filter(is_on_wall=True).exists() is shows
