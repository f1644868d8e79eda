"""What an event may ask of each channel, and where it goes on if a network stops one."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from moothall.channels.models import Channel
from moothall.events.models.events import Event


class ChannelPlan(models.Model):
    """What the desk expects of one channel during an event, what a post costs there, and what to use instead of it."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="channel_plans")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    an_hour = models.PositiveSmallIntegerField("posts an hour that you expect beyond those planned", default=0)
    pence = models.PositiveIntegerField("what the network charges for a post, in pence", default=0)
    backup = models.ForeignKey(
        Channel, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="first backup"
    )
    second_backup = models.ForeignKey(
        Channel, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="second backup"
    )
    note = models.TextField("how to go over to it", max_length=1_000, blank=True)
    gone_over_to = models.ForeignKey(Channel, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    """The channel that is to be used instead, since ``gone_over_at``."""
    gone_over_at = models.DateTimeField(null=True, editable=False)
    gone_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["event", "channel"], name="one_plan_a_channel_of_an_event")]

    def __str__(self) -> str:
        return f"plan for {self.channel}"

    def clean(self) -> None:
        chosen = [each for each in (self.backup_id, self.second_backup_id) if each]
        if self.channel_id in chosen:
            raise ValidationError("A channel cannot be its own backup. Choose another.")
        if len(set(chosen)) < len(chosen):
            raise ValidationError({"second_backup": "This is the first backup already. Choose another, or none."})
        if self.second_backup_id and not self.backup_id:
            raise ValidationError({"backup": "Choose the first backup before the second."})

    @property
    def backups(self) -> list[Channel]:
        """In the order in which they are used."""
        return [each for each in (self.backup, self.second_backup) if each]
