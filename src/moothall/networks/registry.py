"""Which networks there are: a plain list of dotted paths in the settings, each loaded once."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from moothall.networks.base import Network


@cache
def networks() -> dict[str, Network]:
    """Every network by slug, in the order of the settings."""
    instances: list[Network] = [import_string(path)() for path in settings.NETWORKS]
    return {network.slug: network for network in instances}


def network(slug: str) -> Network:
    """The network called ``slug``; ``KeyError`` if there is none."""
    return networks()[slug]


def choices() -> list[tuple[str, str]]:
    """Networks as form choices."""
    return [(slug, each.label) for slug, each in networks().items()]
