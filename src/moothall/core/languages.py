"""The written languages that a council's channels speak, by BCP 47 tag."""

NAMES = {
    "en": "English",
    "cy": "Welsh",
    "ga": "Irish",
    "gd": "Scottish Gaelic",
    "ar": "Arabic",
    "bn": "Bengali",
    "gu": "Gujarati",
    "pa": "Punjabi",
    "pl": "Polish",
    "ro": "Romanian",
    "uk": "Ukrainian",
    "ur": "Urdu",
}
CHOICES = list(NAMES.items())


def name(tag: str) -> str:
    """ "Welsh"; the tag itself where we have no name for it."""
    return NAMES.get(tag, tag)
