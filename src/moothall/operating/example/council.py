"""The council itself: its name, its services and its units."""

from django.core.files.uploadedfile import SimpleUploadedFile

from moothall.accounts import actions
from moothall.accounts.models import Service, Unit, User
from moothall.core import council
from moothall.core.logo import clean_logo
from moothall.operating.example import artwork

NAME = "Exampleshire County Council"
STRAPLINE = "Your county, between the Wend and the Marrow hills"

SERVICES = {
    "communications": (
        "Communications",
        "Speaks for the council as a whole and helps every service to speak for itself.",
    ),
    "libraries": ("Libraries", "Twenty-two libraries, one mobile library and a good deal of tea."),
    "archives": ("Archives", "Keeps eight hundred years of the county's papers, maps and photographs."),
    "fostering": ("Fostering", "Finds, trains and stands by foster families."),
    "youth": ("Youth", "Youth centres, music rooms and a say in what happens next."),
    "highways": ("Highways", "Roads, bridges, crossings and gritting."),
    "fire-and-rescue": ("Fire and Rescue", "Nine stations, three hundred firefighters and one dog."),
}
"""By short name: name, and what it does in a sentence."""

UNITS = (
    ("County Hall", ""),
    ("Communications", "County Hall"),
    ("Digital", "County Hall"),
    ("People", "County Hall"),
    ("Legal and records", "County Hall"),
    ("Communities", ""),
    ("Libraries and archives", "Communities"),
    ("Children and families", "Communities"),
    ("Highways", ""),
    ("Fire and rescue", ""),
)
"""Each with the unit that it is a part of, if any."""


def build(administrator: User) -> None:
    """The services and units, and the administrator's own place among them."""
    for slug, (name, summary) in SERVICES.items():
        actions.save_service(administrator, Service(slug=slug, name=name, summary=summary))
    for name, parent in UNITS:
        actions.save_unit(administrator, Unit(name=name, parent=Unit.objects.filter(name=parent).first()))
    administrator.unit = Unit.objects.get(name="Digital")
    actions.update_person(administrator, administrator)


def introduce(administrator: User) -> None:
    """The council's name, strapline and logo."""
    itself = council.current()
    itself.name, itself.strapline = NAME, STRAPLINE
    drawn = artwork.LOGO.draw().encoded()
    itself.logo = clean_logo(SimpleUploadedFile("logo.png", drawn, content_type="image/png"))
    itself.logo_alt = artwork.LOGO.alt
    council.save(itself, by=administrator)
