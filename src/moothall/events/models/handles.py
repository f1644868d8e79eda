"""Own accounts of staff, linked by themselves."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from moothall.core import clock


class LinkedHandle(models.Model):
    """An own account that a member of staff linked, so that what it says with an event's hashtag is known as staff's.

    Nothing else on that account is collected. A withdrawn one is deleted, and what it said becomes the public's.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="linked_handles")
    network = models.CharField(max_length=30)
    handle = models.CharField(max_length=300)
    """As the network writes it, without a leading @, in lower case."""
    author_id = models.CharField(max_length=500, blank=True)
    """The account's remote id, known once it is proved."""
    code = models.CharField(max_length=40)
    """Said in a post or on the profile, it proves that the account is theirs."""
    may_be_named = models.BooleanField("my name may stand beside it", default=False)
    proved_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("network", "handle")
        constraints = [
            models.UniqueConstraint(fields=["person", "network", "handle"], name="each_handle_once_a_person"),
            models.UniqueConstraint(
                fields=["network", "handle"], condition=Q(proved_at__isnull=False), name="a_handle_is_one_persons"
            ),
        ]

    def __str__(self) -> str:
        return self.handle
