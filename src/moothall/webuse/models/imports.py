"""What was read of the logs: how far, into which files of rows, and what could not be read."""

from django.db import models


class Source(models.Model):
    """One log, known by what it says and not by its name: renamed, copied or compressed it is the same.

    ``offset`` is how far it is read, in bytes of its plain text. It moves in the transaction that counts what was read,
    and only from where it was: nothing is read twice.
    """

    purpose_key = models.SlugField(max_length=60)
    name = models.CharField(max_length=300)
    """The name it was last seen under."""
    format = models.CharField(max_length=40)
    first_line = models.CharField(max_length=64, db_index=True)
    """The hash of its first line: the first thing that is compared."""
    head_length = models.PositiveIntegerField()
    head = models.CharField(max_length=64)
    """The hash of its first ``head_length`` bytes."""
    tail_length = models.PositiveIntegerField(default=0)
    tail = models.CharField(max_length=64, blank=True)
    """The hash of the ``tail_length`` bytes before ``offset``."""
    offset = models.PositiveBigIntegerField(default=0)
    directive = models.TextField(blank=True)
    """The last line that said which fields follow, in formats that have such."""
    lines = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    comes_once = models.BooleanField(default=False)
    """It is a file of the spool, which is deleted once it is counted: nobody will ask for its place again."""
    first_seen_at = models.DateTimeField()
    read_at = models.DateTimeField()

    class Meta:
        ordering = ("-read_at", "-pk")

    def __str__(self) -> str:
        return self.name


class Part(models.Model):
    """The manifest of the rows: one file of the dataset that counts. A file without its row counts for nothing."""

    purpose_key = models.SlugField(max_length=60)
    day = models.DateField()
    name = models.CharField(max_length=200, unique=True)
    rows = models.PositiveIntegerField()
    hits = models.PositiveBigIntegerField()
    bytes = models.PositiveBigIntegerField()
    """The traffic that its rows speak of."""
    size = models.PositiveBigIntegerField()
    """Its own size."""
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("day", "pk")
        indexes = [models.Index(fields=["purpose_key", "day"], name="part_of_a_day")]

    def __str__(self) -> str:
        return self.name


class Refusal(models.Model):
    """How many lines of a source were not read, for one reason, and the shapes of some: letters and digits masked."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="refusals")
    reason = models.CharField(max_length=60)
    lines = models.PositiveBigIntegerField(default=0)
    shapes = models.JSONField(default=list)

    class Meta:
        ordering = ("-lines", "reason")
        constraints = [models.UniqueConstraint(fields=["source", "reason"], name="one_refusal_a_reason")]

    def __str__(self) -> str:
        return f"{self.lines}: {self.reason}"


class StaleDay(models.Model):
    """A day whose rows have changed since its figures were counted. ``mark`` grows with each change."""

    purpose_key = models.SlugField(max_length=60)
    day = models.DateField()
    mark = models.PositiveBigIntegerField(default=1)

    class Meta:
        ordering = ("day",)
        constraints = [models.UniqueConstraint(fields=["purpose_key", "day"], name="a_day_is_stale_once")]

    def __str__(self) -> str:
        return str(self.day)
