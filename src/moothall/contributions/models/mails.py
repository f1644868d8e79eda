"""Mail that came to the desk's address, and what it was answered."""

from django.db import models

from moothall.contributions.models.contributions import Contribution
from moothall.core import clock

TAKEN_BACK = "Its sender took it back"


class Mail(models.Model):
    """One mail, whichever way and however often it came. The whole of it is kept, sealed, for a while."""

    contribution = models.OneToOneField(Contribution, null=True, on_delete=models.SET_NULL, related_name="mail")
    """``None``: it was left aside, and ``why`` says for what reason."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of what its sender wrote, without what the servers on its way added: the same mail twice is one."""
    message_id = models.CharField(max_length=500, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    why = models.CharField(max_length=300, blank=True)
    left_out = models.JSONField(default=list)
    """The names of what was attached and not taken, each with the reason."""
    sealed = models.BinaryField(null=True)
    """All of it as it came, sealed; ``None`` when ``kept_until`` has passed."""
    received_at = models.DateTimeField(default=clock.now)
    kept_until = models.DateTimeField()

    class Meta:
        ordering = ("-received_at", "-pk")
        indexes = [
            models.Index(fields=["kept_until"], condition=models.Q(sealed__isnull=False), name="mail_to_forget"),
            models.Index(fields=["sender", "received_at"], name="mail_by_sender"),
        ]

    def __str__(self) -> str:
        return self.subject or f"Mail {self.pk}"


class Answer(models.Model):
    """A mail of ours to whoever told the desk by e-mail. ``due_at`` is the truth: set, the mail is still owed."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="answers")
    to = models.CharField(max_length=320)
    subject = models.CharField(max_length=320)
    body = models.TextField()
    message_id = models.CharField(max_length=200, unique=True)
    """Ours: mail that names itself so is our own, come back."""
    answers_id = models.CharField(max_length=500, blank=True)
    """The message id of what it answers."""
    made_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("made_at", "pk")

    def __str__(self) -> str:
        return self.subject
