"""An event in other calendars: the page on which people make their addresses, and what stands at these."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs, public
from moothall.events import event_feed_actions, event_feeds, event_queries, tabs
from moothall.events.models import EventFeed
from moothall.planning import feed_actions
from moothall.planning.feed_views import address_of, answer_with, take_away


class EventFeedForm(forms.Form):
    """What a new address is to hold."""

    kind = forms.ChoiceField(
        label="What should it hold?",
        choices=EventFeed.Kind.choices,
        initial=EventFeed.Kind.MINE,
        widget=forms.RadioSelect,
    )


@needs("event.see")
def event_feed_list(request: StaffRequest, slug: str) -> HttpResponse:
    """The person's own addresses. A new one is shown once, on the page that answers its making."""
    event = get_object_or_404(event_queries.with_rehearsals_too(), slug=slug)
    form = EventFeedForm(request.POST or None)
    address = ""
    if request.method == "POST" and form.is_valid():
        try:
            address = address_of("event-feed", event_feed_actions.make(request.user, event, form.cleaned_data["kind"]))
        except ValidationError as error:
            form.add_error(None, error)
    context = {
        **tabs.context(request.user, event, ""),
        "feeds": list(event_feeds.of(request.user, event)),
        "form": form,
        "address": address,
    }
    response = render(request, "events/feeds.html", context)
    if address:
        patch_cache_control(response, no_store=True)
    return response


@needs("event.see")
@require_POST
def revoke_event_feed(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    take_away(request, get_object_or_404(EventFeed, pk=pk, event__slug=slug, user=request.user))
    return redirect("event-feeds", slug)


@public
@require_safe
def event_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The file, for whoever knows the address; nothing once its person has left."""
    found = EventFeed.objects.select_related("user", "event")
    feed = found.filter(token_hash=feed_actions.token_hash(token)).first()
    if feed is None or not event_feeds.may_read(feed):
        raise Http404("There is no such calendar.")
    return answer_with(request, event_feeds.file_of(feed))
