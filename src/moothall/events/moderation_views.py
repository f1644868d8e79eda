"""The moderators' pages: the queue, what is decided in it, rules, and blocked authors."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.core.saying import attempt
from moothall.events import blocking, event_queries, moderating, moderation_queries, tabs
from moothall.events.models import Blocked, Event, Item, ItemRule
from moothall.events.moderation_forms import DecisionForm, ItemFilter, ReasonForm, RuleForm, undo_of

PAGE = 50
LEFT_ALONE = "it was so already, was edited since you looked, or is gone"
UNDO, WAS = "undo", "was"
"""What the address says of a decision just made, so that it can be taken back."""


@needs("event.moderate")
def items(request: StaffRequest, slug: str) -> HttpResponse:
    """The queue. What is chosen stands in the address."""
    event = _event(slug)
    filter_form = ItemFilter(request.GET, event=event)
    found = moderation_queries.items(event, filter_form.chosen)
    kept = _kept(request.GET)
    context = {
        **tabs.context(request.user, event, "items"),
        "queue": filter_form.queue,
        "lists": [
            (each, f"{reverse('event-items', args=[slug])}?{_kept(request.GET, state=each.key).urlencode()}")
            for each in moderation_queries.queues(event)
        ],
        "filter_form": ItemFilter(_kept(request.GET, state=filter_form.queue), event=event),
        "decision": DecisionForm(None),
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "undo": undo_of(request.GET.get(UNDO, "")),
        "was": request.GET.get(WAS, "")[:100],
        "kept": kept.urlencode(),
    }
    return render(request, "events/items.html", context)


@needs("event.moderate")
@require_POST
def decide_items(request: StaffRequest, slug: str) -> HttpResponse:
    """Do what a button says, and go back to the list with a way to take it back."""
    event, back = _event(slug), _kept(request.GET)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the buttons, and at least one item.")
        return _back(slug, back)
    verb, _ = form.cleaned_data["decide"]
    try:
        decided = moderating.decide(request.user, event, form.items, verb, form.cleaned_data["reason"], form.seen)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _back(slug, back)
    if decided.number:
        back[UNDO], back[WAS] = str(decided.together), f"{verb.done}: {_items(decided.number)}."
    if decided.left_alone:
        messages.info(request, f"{_items(decided.left_alone)} stayed as before: {LEFT_ALONE}.")
    return _back(slug, back)


@needs("event.moderate")
@require_POST
def undo_decision(request: StaffRequest, slug: str, together: uuid.UUID) -> HttpResponse:
    try:
        undone = moderating.undo(request.user, _event(slug), together)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"Taken back for {_items(undone.number)}.")
        if undone.left_alone:
            messages.info(request, f"{_items(undone.left_alone)} stayed: somebody has decided about it since.")
    return _back(slug, _kept(request.GET))


@needs("event.moderate")
def block_author(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """Ask why, and block an item's author on every wall."""
    item = get_object_or_404(Item.objects.select_related("event"), event__slug=slug, pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            number = blocking.block(request.user, item, form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{item.author_handle} is blocked. {_items(number)} left the queues and walls.")
            return _back(slug, QueryDict(mutable=True))
    others = Item.objects.filter(network=item.network, author_id=item.author_id, gone_at=None).count()
    return render(request, "events/block.html", {"event": item.event, "item": item, "form": form, "others": others})


@needs("event.moderate")
def blocked_authors(request: StaffRequest) -> HttpResponse:
    return render(request, "events/blocked.html", {"blocked": moderation_queries.blocked()})


@needs("event.moderate")
@require_POST
def unblock_author(request: StaffRequest, pk: int) -> HttpResponse:
    blocked = get_object_or_404(Blocked, pk=pk)
    attempt(
        request,
        lambda: blocking.unblock(request.user, blocked),
        lambda number: f"{blocked.author_handle} is no longer blocked. {_items(number)} came back.",
    )
    return redirect("blocked-authors")


@needs("event.moderate")
def item_rules(request: StaffRequest, slug: str) -> HttpResponse:
    """The event's rules, and a form for another."""
    event = _event(slug)
    form = RuleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            number = blocking.add_rule(request.user, event, form.instance)
        except ValidationError as error:
            form.add_error("value" if hasattr(error, "error_dict") else None, error.messages)
        else:
            messages.success(request, f"The rule is in force. It decided about {_items(number)} that waited.")
            return redirect("event-rules", slug)
    context = {
        **tabs.context(request.user, event, "rules"),
        "form": form,
        "rules": event.rules.select_related("made_by"),
    }
    return render(request, "events/rules.html", context)


@needs("event.moderate")
@require_POST
def remove_item_rule(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    rule = get_object_or_404(ItemRule.objects.select_related("event"), event__slug=slug, pk=pk)
    said = "The rule is gone. What it decided stays until you decide otherwise."
    attempt(request, lambda: blocking.remove_rule(request.user, rule), said)
    return redirect("event-rules", slug)


def _event(slug: str) -> Event:
    return get_object_or_404(event_queries.with_rehearsals_too(), slug=slug)


def _items(number: int) -> str:
    return f"{number} item{'' if number == 1 else 's'}"


def _kept(given: QueryDict, **values: str) -> QueryDict:
    """What the address says, without a decision just made, and with other ``values``."""
    kept = given.copy()
    for name in (UNDO, WAS, *(["page"] if values else [])):
        kept.pop(name, None)
    for name, value in values.items():
        kept[name] = value
    return kept


def _back(slug: str, query: QueryDict) -> HttpResponse:
    return redirect(f"{reverse('event-items', args=[slug])}?{query.urlencode()}")
