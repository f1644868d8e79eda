"""The council itself."""

from django.core.exceptions import ValidationError
from django.db import models

from moothall.core import contrast

GREEN = "#17533b"
"""Moothall's own colour, until a council chooses another."""


def check_colour(colour: str) -> None:
    """Refuse what is no colour, and a colour that white text or our paper would make hard to read."""
    try:
        weakest = contrast.weakest(colour)
    except ValueError as error:
        raise ValidationError("Give the colour as six hex digits, such as #17533b.", code="colour") from error
    if weakest < contrast.ENOUGH:
        raise ValidationError(
            "Choose a darker colour. This one has a contrast of %(weakest)s to 1 against our backgrounds; "
            "text needs at least 4.5 to 1 to be read by everyone.",
            code="contrast",
            params={"weakest": f"{weakest:.1f}"},
        )


class Council(models.Model):
    """The public body that runs this Moothall, as every page names it. One row, number 1."""

    name = models.CharField(max_length=80, default="Your council")
    strapline = models.CharField(
        max_length=160, blank=True, help_text="One line under the name on the public pages, or nothing."
    )
    logo = models.FileField(upload_to="brand/", blank=True)
    logo_alt = models.CharField(
        "description of the logo", max_length=160, blank=True, help_text="What someone who cannot see it should hear."
    )
    colour = models.CharField(max_length=7, default=GREEN, validators=[check_colour])
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_council")]

    def __str__(self) -> str:
        return self.name
