"""What bends the clocks of retention, and what people asked to see of themselves."""

from django.conf import settings
from django.db import models


class Hold(models.Model):
    """Days that are kept beyond their time, because a case needs them. ``case`` is its reference, and no name."""

    purpose_key = models.SlugField(max_length=60)
    first = models.DateField()
    last = models.DateField()
    case = models.CharField(max_length=100)
    why = models.TextField()
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-placed_at", "-pk")
        constraints = [
            models.CheckConstraint(condition=models.Q(first__lte=models.F("last")), name="a_hold_ends_after_it_begins")
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.first} to {self.last}"


class OwnData(models.Model):
    """A person's wish to have what is kept of their own web use, and the answer: sealed, for them alone, for a day.

    The importer's process answers it: the web server has no key to find anybody's rows by.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="own_data")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    sealed = models.TextField(blank=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-asked_at", "-pk")

    def __str__(self) -> str:
        return f"own data of person {self.user_id}"
