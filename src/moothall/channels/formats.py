"""The public directory for machines: JSON, CSV and OPML. Only what the pages show as well."""

from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

from django.conf import settings
from django.urls import reverse

from moothall.channels import known, register_csv
from moothall.channels.checking import Answer, Ours
from moothall.channels.models import Channel, State

PUBLIC_COLUMNS = (
    *("slug", "network", "handle", "address", "display_name", "purpose", "capacity", "language"),
    *("service", "service_name", "state", "successor", "opened_on", "closed_on", "page"),
)


def channel(of: Channel) -> dict[str, Any]:
    """One channel, as the JSON directory has it. docs/users/channels.md explains each key."""
    return {
        "slug": of.slug,
        "network": of.network,
        "network_name": of.network_label,
        "handle": of.handle,
        "address": of.url,
        "display_name": of.display_name,
        "purpose": of.purpose,
        "capacity": of.capacity,
        "language": of.language,
        "service": {"slug": of.service.slug, "name": of.service.name},
        "state": of.state,
        "successor": of.successor.slug if of.successor and of.successor.is_public else None,
        "opened_on": of.opened_on.isoformat() if of.opened_on else None,
        "closed_on": of.closed_on.isoformat() if of.closed_on else None,
        "picture": f"{settings.SITE_URL}{of.picture.url}" if of.picture else None,
        "picture_description": of.picture_alt,
        "feed": feed(of) or None,
        "page": page(of),
    }


def page(of: Channel) -> str:
    """The address of the channel's page in the directory."""
    return settings.SITE_URL + of.get_absolute_url()


def feed(of: Channel) -> str:
    """The address of the channel's Atom feed; empty where its network has none."""
    if of.network != "newsroom" or of.state == State.CLOSED:
        return ""
    return settings.SITE_URL + reverse("newsroom-atom", args=[of.handle])


def as_csv(channels: Iterable[Channel]) -> str:
    """The directory as CSV, formulas guarded as in the register's own file."""
    return register_csv.write((_row(channel(each)) for each in channels), PUBLIC_COLUMNS)


def _row(one: dict[str, Any]) -> dict[str, str]:
    flat = {**one, "service": one["service"]["slug"], "service_name": one["service"]["name"]}
    return {name: str(flat[name] or "") for name in PUBLIC_COLUMNS}


def as_opml(title: str, channels: Iterable[Channel]) -> bytes:
    """The directory as OPML 2.0, grouped by service: feeds to subscribe to, links where there is no feed.

    Source: http://opml.org/spec2.opml
    """
    document = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(document, "head")
    ElementTree.SubElement(head, "title").text = _xml_text(title)
    body = ElementTree.SubElement(document, "body")
    groups: dict[str, ElementTree.Element] = {}
    for each in channels:
        if each.state == State.CLOSED:
            continue
        name = each.service.name
        if name not in groups:
            groups[name] = ElementTree.SubElement(body, "outline", text=_xml_text(name))
        ElementTree.SubElement(groups[name], "outline", _outline(each))
    ElementTree.indent(document)
    xml: bytes = ElementTree.tostring(document, encoding="utf-8", xml_declaration=True)
    return xml


def _outline(of: Channel) -> dict[str, str]:
    text = _xml_text(f"{of.display_name} ({of.network_label})")
    if xml_url := feed(of):
        return {"text": text, "title": text, "type": "rss", "version": "ATOM", "xmlUrl": xml_url, "htmlUrl": of.url}
    return {"text": text, "title": text, "type": "link", "url": of.url or page(of)}


def _xml_text(text: str) -> str:
    """``text`` without the control signs that XML cannot hold."""
    return "".join(sign for sign in text if sign in "\t\n\r" or sign >= " ")


def answer(question: str, given: Answer) -> dict[str, Any]:
    """An answer of the check, for machines."""
    looks_like = given.look_alike
    return {
        "query": question,
        "answer": given.verdict.value,
        "sentence": given.sentence,
        "notes": list(given.notes),
        "channels": [_account(each) for each in given.accounts],
        "looks_like": {"ours": looks_like.ours, "how": looks_like.how.value} if looks_like else None,
    }


def _account(of: Ours) -> dict[str, Any]:
    successor = of.channel.end_of_line if of.channel.state == State.CLOSED else None
    return {
        "handle": of.handle,
        "network": of.channel.network,
        "network_name": known.label(of.channel.network),
        "display_name": of.channel.display_name,
        "address": of.channel.url,
        "page": page(of.channel),
        "until": of.until.isoformat() if of.until else None,
        "successor": page(successor) if successor and successor.is_public else None,
    }
