"""What the Newsroom holds. It was handed all this through the network protocol and knows no post or channel."""

from django.db import models
from django.urls import reverse


class Page(models.Model):
    """One account of the Newsroom, ``/@handle/``, as its channel presents itself.

    ``ref`` says whose it is, whatever its handle. Nobody outside sees a page before its channel says that they may.
    """

    ref = models.CharField(max_length=64, unique=True)
    """``networks.base.Account.ref``."""
    handle = models.SlugField(max_length=60, unique=True)
    is_shown = models.BooleanField(default=False)
    is_closed = models.BooleanField(default=False)
    display_name = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, blank=True)
    capacity = models.CharField(max_length=20, blank=True)
    service = models.CharField(max_length=120, blank=True)
    picture = models.CharField(max_length=200, blank=True)
    picture_alt = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("display_name",)

    def __str__(self) -> str:
        return f"@{self.handle}"

    def get_absolute_url(self) -> str:
        return reverse("newsroom-page", args=[self.handle])


class Handle(models.Model):
    """A handle that a page has or had. It stays that page's: old addresses lead to it, and nobody else gets it."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="handles")
    handle = models.SlugField(max_length=60, unique=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"@{self.handle}"


class Entry(models.Model):
    """A post on a page, or a part of a thread. One that was taken down keeps its key, so that it cannot come back by a
    second sending.

    A part is made once the part before it stands, so that the parts of a thread are in the order of their ids.
    """

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="entries")
    key = models.CharField(max_length=13)
    first = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="later_parts")
    """The first part of its thread; ``None`` for that part itself, and for a post that is no thread."""
    reply_to = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="replies")
    """The part before it."""
    text = models.TextField()
    language = models.CharField(max_length=35, default="en")
    said_at = models.DateTimeField(db_index=True)
    is_removed = models.BooleanField(default=False)
    card_url = models.TextField(blank=True)
    """Where its link card leads; empty: it has none."""
    card_title = models.TextField(blank=True)
    card_description = models.TextField(blank=True)
    card_picture = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-said_at", "-key")
        constraints = [models.UniqueConstraint(fields=["page", "key"], name="one_entry_a_key")]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"@{self.page.handle} {self.key}"

    def get_absolute_url(self) -> str:
        """Of a later part, the place on its page, which shows the whole thread."""
        address = reverse("newsroom-entry", args=[self.page.handle, self.key])
        return f"{address}#{self.key}" if self.first_id else address

    @property
    def thread(self) -> int:
        """What the parts of one thread, and no other entries, have in common."""
        return self.first_id or self.pk

    @property
    def title(self) -> str:
        """The first line, for feeds and link cards."""
        first = self.text.strip().splitlines()[0] if self.text.strip() else self.page.display_name
        return first if len(first) <= 90 else first[:89].rsplit(" ", 1)[0] + "…"


class Picture(models.Model):
    """A picture of an entry, in its order. One that moves, a GIF, has a ``still``: it moves when a reader says so."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="pictures")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=50)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt = models.TextField(blank=True)
    still = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["entry", "position"], name="one_picture_a_position")]

    def __str__(self) -> str:
        return self.name


class Video(models.Model):
    """The video of an entry."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="video")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=50)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt = models.TextField(blank=True)
    still = models.CharField(max_length=200, blank=True)
    """What is seen before it plays."""
    captions = models.CharField(max_length=200, blank=True)
    """Its captions, as WebVTT."""
    captions_language = models.CharField(max_length=35, default="en")

    def __str__(self) -> str:
        return self.name
