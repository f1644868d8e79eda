"""Where to listen, typed by a person."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from moothall.channels.models import Channel
from moothall.events import place_queries
from moothall.events.models import Place
from moothall.networks import credentials
from moothall.networks.errors import Rejected


class PlaceForm(forms.Form):
    """A network and a way, an address, and whose sign-in to use."""

    network_and_way = forms.ChoiceField(label="What to listen to")
    address = forms.CharField(
        label="Address of the server",
        required=False,
        max_length=500,
        help_text="For example social.exampleshire.example. Leave it empty for the usual one, where there is one.",
    )
    channel = forms.ModelChoiceField(
        label="Sign in as",
        required=False,
        queryset=Channel.objects.none(),
        empty_label="Nobody",
        help_text="Some Mastodon servers let nobody listen who has not signed in. Choose a connected channel on that "
        "server.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["network_and_way"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = place_queries.choices()
        channel = self.fields["channel"]
        if isinstance(channel, forms.ModelChoiceField):
            channel.queryset = Channel.objects.filter(connection__isnull=False, network="mastodon")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "network_and_way" not in cleaned:
            return cleaned
        network, _, way = cleaned["network_and_way"].partition(" ")
        usual = place_queries.usual_address(network, way)
        try:
            address = _address(cleaned.get("address", "").strip(), usual)
        except ValidationError as error:
            self.add_error("address", error)
            return cleaned
        if Place.objects.filter(network=network, way=way, address=address).exists():
            self.add_error("address", "Moothall knows this place already. Turn it on below.")
        if cleaned.get("channel") and cleaned["channel"].network != network:
            self.add_error("channel", "This channel is on another network.")
        return cleaned | {"network": network, "way": way, "address": address}


def _address(typed: str, usual: str) -> str:
    """The server's address as adapters want it. Raises ``ValidationError``."""
    if not typed and not usual:
        raise ValidationError("Give the address of the server.")
    if not typed or typed == usual:
        return usual
    try:
        return credentials.address(typed.replace("wss://", "https://", 1).replace("ws://", "http://", 1))
    except Rejected as error:
        raise ValidationError(str(error)) from error
