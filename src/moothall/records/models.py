"""Records, and the head of their chain."""

from django.db import models


class Record(models.Model):
    """One act: who did what, when, to what and why, and what it was before and after.

    The actor is kept by id and name, not by a foreign key: a record outlives the account. The database itself refuses
    to change or delete a row (migration 0002).
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.PositiveBigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    ref = models.CharField(max_length=100, db_index=True)
    why = models.TextField(blank=True)
    before = models.JSONField()
    after = models.JSONField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("number",)
        indexes = [
            models.Index(fields=["-at", "-number"], name="records_newest"),
            models.Index(fields=["kind", "-at", "-number"], name="records_newest_of_a_kind"),
            models.Index(fields=["actor_name", "-at", "-number"], name="records_newest_of_an_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.ref}"

    @property
    def words(self) -> str:
        """What was done, for a page about the thing it was done to: "Sent for approval"."""
        return self.kind.partition(".")[2].replace("_", " ").capitalize()


class ChainHead(models.Model):
    """The one row that says where the chain ends. Locking it puts records in order."""

    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"the chain ends at {self.number}"
