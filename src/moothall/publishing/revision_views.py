"""What was sent for approval before: all revisions of a post, and how one differs from another."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from moothall.accounts.requests import StaffRequest
from moothall.core.access import needs
from moothall.publishing import comparing, queries
from moothall.publishing.forms import AgainstForm


@needs("post.see")
def revisions(request: StaffRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(queries.posts(request.user), pk=pk)
    return render(request, "publishing/revisions.html", {"post": post, "revisions": queries.revisions(post)})


@needs("post.see")
def revision(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """One revision, and what changed in it since the one before or another that is chosen."""
    post = get_object_or_404(queries.posts(request.user), pk=pk)
    by_number = {each.number: each for each in queries.revisions(post)}
    if number not in by_number:
        raise Http404
    earlier = [each for each in by_number.values() if each.number < number]
    against_form = AgainstForm(request.GET, earlier=earlier)
    chosen = against_form.chosen.get("against") or max((each.number for each in earlier), default=None)
    context = {
        "post": post,
        "revision": by_number[number],
        "variants": queries.of_revision(by_number[number]),
        "change": comparing.compare(by_number[chosen], by_number[number]) if chosen else None,
        "earlier": earlier,
        "chosen": chosen,
    }
    return render(request, "publishing/revision.html", context)
