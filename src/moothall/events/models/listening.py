"""Where Moothall listens for hashtags."""

from django.db import models

from moothall.channels.models import Channel


class Place(models.Model):
    """A stream or a search of one network. One listener leads it at a time; ``token`` names the one that does."""

    network = models.CharField(max_length=30)
    way = models.CharField(max_length=30)
    """One of the network's ``ways``, or ``search``."""
    address = models.CharField(max_length=500)
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    """Whose credentials are used, where the server asks for some."""
    is_on = models.BooleanField("listen here", default=True)

    token = models.CharField(max_length=32, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    cursor = models.TextField(blank=True, editable=False)
    """Everything before this has been taken. Written in the same transaction as what was taken."""
    searched = models.JSONField(default=dict, editable=False)
    """The cursor of the search, by folded hashtag."""
    heard_at = models.DateTimeField(null=True, editable=False)
    """When the place last said anything at all."""
    connected_at = models.DateTimeField(null=True, editable=False)
    trouble = models.CharField(max_length=500, blank=True, editable=False)
    """Why it is not heard now, in a plain sentence."""
    cannot_search = models.CharField(max_length=500, blank=True, editable=False)
    """Why what its stream did not bring cannot be searched for, in a plain sentence."""

    class Meta:
        ordering = ("network", "address")
        constraints = [models.UniqueConstraint(fields=["network", "way", "address"], name="each_place_once")]

    def __str__(self) -> str:
        return self.address
