"""Channels and their connections."""

from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from moothall.accounts.models import Service
from moothall.channels import known
from moothall.core import clock, languages


class Capacity(models.TextChoices):
    """In whose name a channel speaks."""

    CORPORATE = "corporate", "Corporate"
    SERVICE = "service", "Service"
    PERSONA = "persona", "Persona"
    MEMBER = "member", "Member"
    LEADER = "leader", "Leader"


NEVER_DRIVEN = (Capacity.MEMBER, Capacity.LEADER)
"""Channels of elected people: listed, and never driven by staff."""


class State(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    LIVE = "live", "Live"
    DORMANT = "dormant", "Dormant"
    CLOSED = "closed", "Closed"


class TwoStep(models.TextChoices):
    """Whether signing in to the account on its network takes a second step."""

    UNKNOWN = "unknown", "Not known"
    ON = "on", "On"
    OFF = "off", "Off"


RESERVED_SLUGS = ("check", "new", "health", "import")
"""Words that stand where a channel's short name would, in the addresses of the directory and of the register."""


class Channel(models.Model):
    """One official account on one network.

    ``clean`` keeps what must always hold, whichever way a change comes in: by a form, by an import, by an action.
    """

    network = models.CharField(max_length=30)
    handle = models.CharField(max_length=253)
    slug = models.SlugField("short name for addresses", max_length=80, unique=True)
    address = models.URLField(max_length=500, blank=True)
    display_name = models.CharField(max_length=120)
    picture = models.FileField(upload_to="channels/", blank=True)
    picture_alt = models.CharField("description of the picture", max_length=300, blank=True)
    purpose = models.CharField("purpose, in a sentence", max_length=300, blank=True)
    capacity = models.CharField(max_length=20, choices=Capacity.choices, default=Capacity.SERVICE)
    language = models.CharField(max_length=35, default="en")
    """In which it speaks, as a tag of BCP 47: one of ``core.languages``."""
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="channels")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="owned_channels"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="deputised_channels"
    )
    voice = models.TextField("voice notes", blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.PROPOSED)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="predecessors")
    two_step = models.CharField("2-step sign-in", max_length=20, choices=TwoStep.choices, default=TwoStep.UNKNOWN)
    recovery_contact = models.CharField(max_length=200, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    last_spoke_at = models.DateTimeField(null=True, editable=False)
    registered_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("display_name", "network")
        constraints = [models.UniqueConstraint("network", Lower("handle"), name="one_channel_an_account")]

    def __str__(self) -> str:
        return f"{self.display_name} on {self.network_label}"

    def get_absolute_url(self) -> str:
        """The channel's page in the public directory."""
        return reverse("channel", args=[self.slug])

    @property
    def network_label(self) -> str:
        return known.label(self.network)

    @property
    def url(self) -> str:
        """Where the public finds the account; empty if nobody knows."""
        return self.address or known.profile_url(self.network, self.handle)

    @property
    def is_driven(self) -> bool:
        """Whether Moothall may ever post here: a live channel that it can reach and that is not an elected person's."""
        return self.state == State.LIVE and self.capacity not in NEVER_DRIVEN and known.is_drivable(self.network)

    @property
    def is_public(self) -> bool:
        """Whether the public directory shows it."""
        return self.state != State.PROPOSED and self.network != known.PRACTICE

    @property
    def end_of_line(self) -> "Channel | None":
        """The last successor, which speaks today, or spoke last."""
        line = list(self._successors())
        return line[-1] if line else None

    def _successors(self) -> Iterator["Channel"]:
        """The successor, its successor, and so on. A circle ends where it closes."""
        seen = [self]
        following = self.successor
        while following is not None and following not in seen:
            yield following
            seen.append(following)
            following = following.successor

    def clean(self) -> None:
        problems: dict[str, str] = {}
        self._clean_account(problems)
        self._clean_end(problems)
        if self.language not in languages.NAMES:
            problems["language"] = f"Moothall does not know “{self.language}”. Use {', '.join(languages.NAMES)}."
        if self.slug in RESERVED_SLUGS:
            problems["slug"] = "This short name is taken by Moothall itself. Choose another."
        if self.picture and not self.picture_alt.strip():
            problems["picture_alt"] = "Describe the picture for people who cannot see it."
        if problems:
            raise ValidationError(problems)

    def _clean_account(self, problems: dict[str, str]) -> None:
        if not known.is_known(self.network):
            names = ", ".join(slug for slug, _ in known.choices())
            problems["network"] = f"There is no network “{self.network}” here. Use one of: {names}."
            return
        try:
            self.handle = known.clean_handle(self.network, self.handle)
        except ValidationError as error:
            problems["handle"] = error.messages[0]
            return
        if self.address and not self.address.lower().startswith(("https://", "http://")):
            problems["address"] = "An address begins with https:// (or http://)."
            return
        usual = known.profile_url(self.network, self.handle).lower()
        name = self.handle.split("@")[0].lower()
        if self.address and name in usual and name not in self.address.lower():
            problems["address"] = (
                f"This address does not name @{self.handle}. Give the address of the account’s own page, or none: "
                f"then it is taken to be {known.profile_url(self.network, self.handle)}"
            )

    def _clean_end(self, problems: dict[str, str]) -> None:
        if self.state == State.CLOSED:
            if self.closed_on is None:
                problems["closed_on"] = "Give the day on which the channel closed."
            elif self.opened_on and self.closed_on < self.opened_on:
                problems["closed_on"] = "A channel cannot close before it opens."
        elif self.closed_on:
            problems["closed_on"] = "Only a closed channel has a closing day. Close it, or leave this empty."
        if self.successor is None:
            return
        if self.state != State.CLOSED:
            problems["successor"] = "Only a closed channel has a successor. Close it, or leave this empty."
        elif self.successor == self or any(each.successor == self for each in self._successors()):
            problems["successor"] = "A channel cannot come after itself. Choose another successor."


class FormerHandle(models.Model):
    """A handle that a channel had before it took another, so that "was ours until" can be told of it.

    Kept only where the network itself had confirmed the old handle: a spelling mistake put right was never ours.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="former_handles")
    handle = models.CharField(max_length=253)
    until = models.DateField()

    class Meta:
        ordering = ("-until",)

    def __str__(self) -> str:
        return f"@{self.handle} until {self.until}"


class Connection(models.Model):
    """How Moothall reaches a channel's account. Replaced when a channel is reconnected; nothing else hangs on it."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="connection")
    sealed = models.TextField(editable=False)
    """The credentials, sealed (``core.sealing``)."""
    remote_id = models.CharField(max_length=300)
    limits = models.JSONField(default=dict)
    """The fields of ``networks.base.Limits`` as the server last told them."""
    connected_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    check_due_at = models.DateTimeField(db_index=True)
    failed_checks = models.PositiveSmallIntegerField(default=0)
    """How many checks in a row have failed; it spaces them out."""
    broken_since = models.DateTimeField(null=True)
    """Set when the network no longer accepts the credentials; a good check or reconnecting clears it."""
    trouble = models.CharField(max_length=1000, blank=True)
    """The named cause of the last failed check, whether or not it broke the connection; empty after a good one."""
    session = models.TextField(blank=True, editable=False)
    """The session with the network that all processes share, sealed; empty where there is none (``sessions.py``)."""
    session_token = models.CharField(max_length=32, blank=True, editable=False)
    """Whose turn it is to renew the session; empty if it is nobody's."""
    session_until = models.DateTimeField(null=True, editable=False)
    """When that turn is over, whether or not its holder has said so."""

    def __str__(self) -> str:
        return f"connection of {self.channel_id}"

    @property
    def state(self) -> str:
        """``connected``, or ``trouble`` (broken or not)."""
        return "trouble" if self.trouble or self.broken_since else "connected"


class ServerApp(models.Model):
    """Moothall as one server of a network knows it: registered once, for all channels on that server."""

    network = models.CharField(max_length=30)
    server = models.CharField(max_length=300)
    client_id = models.CharField(max_length=2000)
    sealed = models.TextField(editable=False)
    """The client's secret, sealed."""
    redirect_uri = models.CharField(max_length=500)
    scopes = models.CharField(max_length=300)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("network", "server"), name="one_app_a_server")]

    def __str__(self) -> str:
        return f"Moothall on {self.server}"


class Authorisation(models.Model):
    """A person is on their way to a server, to sign in there and allow Moothall in. Used once, or not at all."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    session_hash = models.CharField(max_length=64)
    """Of the person's own session here: whoever comes back with the state must have it."""
    state_hash = models.CharField(max_length=64, unique=True)
    server = models.CharField(max_length=300)
    redirect_uri = models.CharField(max_length=500)
    sealed = models.TextField(editable=False)
    """The state, the PKCE verifier, and the application's id and secret."""
    begun_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"authorisation of channel {self.channel_id}"
