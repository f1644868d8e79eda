"""The pages of the room."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.concerns import openings
from moothall.core import clock, localtime
from moothall.operating.keyroom import opening, room
from moothall.operating.keyroom.forms import DestroyForm, HoldersForm, KeyForm, RecoverForm, ShareForm, spoken
from moothall.operating.keyroom.room import Room
from moothall.operating.keyroom.work import Checking, Dealing, Done, Entered, Opening, Recovering, Work
from moothall.webuse import house
from moothall.webuse.seals import actions, ceremony
from moothall.webuse.seals.ceremonies import HandingOut, OutOfTurn, Step
from moothall.webuse.seals.public_keys import KeptKey, NoPublicKey, WrongHolders
from moothall.webuse.seals.words import WrongShares

PAGE = require_http_methods(["GET", "HEAD", "POST"])
TROUBLE = (*opening.TROUBLE, OutOfTurn, WrongHolders, actions.StillSeals)
CHECK_DAYS = 365


def _where(work: Work) -> str:
    """The name of the page on which something is under way."""
    return "hand-out" if isinstance(work, Dealing) else "enter"


def trouble(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """The page that says what an error tells; none for errors whose words are not meant to be read."""
    if isinstance(error, OSError):
        error = OSError(f"It could not be written or read ({error.strerror}). Mend that, and try again.")
    elif not isinstance(error, TROUBLE):
        return None
    return render(request, "keyroom/trouble.html", {"trouble": str(error)}, status=409)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Which key seals, who holds its shares, what waits to be opened, and what can be done."""
    here = room.current()
    keys = list(house.public_keys().all())
    newest = next((key for key in keys[-1:] if not key.destroyed_on), None)
    context = {
        "where": _where(here.work) if here.work else "",
        "keys": [(key, actions.checked_at(key)) for key in reversed(keys)],
        "newest": newest,
        "check_is_due": newest and _check_is_due(newest),
        "waiting": openings.waiting(),
    }
    return render(request, "keyroom/home.html", context)


def _check_is_due(key: KeptKey) -> bool:
    """Whether nobody has seen for a year that the sheets make the key. In a ceremony all three are read in again."""
    checked = actions.checked_at(key)
    days = (key.made_on, key.dealt_on, checked and localtime.local(checked).date())
    last = max(day for day in days if day)
    return (localtime.local(clock.now()).date() - last).days >= CHECK_DAYS


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """End the process. What was under way is forgotten."""
    room.current().close()
    return render(request, "keyroom/closed.html")


@require_POST
def break_off(request: HttpRequest) -> HttpResponse:
    """Forget what is under way."""
    room.current().break_off()
    return redirect("home")


@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """What came of the last thing."""
    found = room.current().done
    return render(request, "keyroom/done.html", {"done": found}) if found else redirect("home")


def _begin(here: Room, work: Work) -> HttpResponse:
    here.begin(work)
    return redirect(_where(work))


# --- Keys -------------------------------------------------------------------------------------------------------------


@PAGE
def new_key(request: HttpRequest) -> HttpResponse:
    """Name three holders, and make a key whose shares they get."""
    here = room.current()
    if here.work:
        return redirect(_where(here.work))
    form = HoldersForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _begin(here, Dealing(HandingOut(ceremony.hold(), form.holders)))
    return render(request, "keyroom/new_key.html", {"form": form, "is_first": not house.public_keys().all()})


@PAGE
def hand_out(request: HttpRequest) -> HttpResponse:
    """Hand three shares to three holders, one after the other, and have them read in again."""
    here = room.current()
    if not isinstance(here.work, Dealing):
        return redirect(_where(here.work) if here.work else "home")
    dealing = here.work
    form = ShareForm(request.POST if request.POST.get("do") == "read" else None)
    shown = ""
    if request.method == "POST":
        try:
            shown = _step(dealing.handing_out, request.POST.get("do", ""), form)
            if dealing.handing_out.step == Step.DONE:
                here.finish(dealing.finish())
                return redirect("done")
        except WrongShares as error:
            form.add_error("words", str(error))
        if not shown and not form.errors:
            return redirect("hand-out")
    context = {"dealing": dealing, "out": dealing.handing_out, "words": shown.split(), "form": form}
    return render(request, "keyroom/hand_out.html", context)


def _step(out: HandingOut, do: str, form: ShareForm) -> str:
    """Take one step. Returns words that are shown with this answer, and never again."""
    if do == "show":
        return out.show()
    if do == "written":
        out.written_down()
    elif do == "read" and form.is_valid():
        out.read_in(form.cleaned_data["words"])
    return ""


@PAGE
def check(request: HttpRequest) -> HttpResponse:
    """See that two sheets still make the key."""
    return _with_key(request, KeyForm, "keyroom/check.html", lambda form: Checking(form.chosen))


@PAGE
def recover(request: HttpRequest) -> HttpResponse:
    """Deal three new shares of a key of which one is lost."""
    return _with_key(request, RecoverForm, "keyroom/recover.html", lambda form: Recovering(form.chosen, form.holders))


def _with_key(request: HttpRequest, kind: Any, template: str, begun: Any) -> HttpResponse:
    """Choose a key that still has shares, and begin something with it."""
    here = room.current()
    if here.work:
        return redirect(_where(here.work))
    keys = [key for key in house.public_keys().all() if not key.destroyed_on]
    if not keys:
        raise NoPublicKey("There is no key that has shares. Make one first.")
    form = kind(request.POST or None, keys=keys)
    if request.method == "POST" and form.is_valid():
        return _begin(here, begun(form))
    return render(request, template, {"form": form})


@PAGE
def destroy(request: HttpRequest, key_id: str) -> HttpResponse:
    """Say that nobody has a share of a key any more, and delete what was sealed to it."""
    here = room.current()
    key = next((key for key in house.public_keys().all() if key.key_id.hex() == key_id), None)
    if here.work:
        return redirect(_where(here.work))
    names = actions.names_sealed_to(key) if key else 0
    if key is None or (key.destroyed_on and not names):
        raise NoPublicKey("There is no such key, or it is destroyed already.")
    seals = actions.seals(key)
    form = DestroyForm(request.POST or None, key=key, names=names, seals=seals)
    if request.method == "POST" and form.is_valid():
        here.finish(_destroyed(actions.destroy(key, sealing_stops=seals)))
        return redirect("done")
    return render(request, "keyroom/destroy.html", {"form": form, "key": key, "names": names, "seals": seals})


def _destroyed(gone: int) -> Done:
    return Done(
        "The key is destroyed",
        (
            f"{gone:,} sealed names were deleted. Backups have them still, and nobody can open them there either.",
            "That is true if all sheets are shredded: two that are left open what is in backups.",
        ),
    )


# --- Two shares -------------------------------------------------------------------------------------------------------


@PAGE
def open_name(request: HttpRequest, reference: str) -> HttpResponse:
    """Read what is to be opened, before anybody enters a share."""
    here = room.current()
    if here.work:
        return redirect(_where(here.work))
    reading = opening.read(reference)
    if request.method == "POST":
        return _begin(here, Opening(reading))
    return render(request, "keyroom/open.html", {"reading": reading})


@PAGE
def enter(request: HttpRequest) -> HttpResponse:
    """Two holders enter their shares, one after the other; with the second, what they are entered for is done."""
    here = room.current()
    if here.work is None or isinstance(here.work, Dealing):
        return redirect(_where(here.work) if here.work else "home")
    work = here.work
    form = ShareForm(request.POST or None, label="The words of the first holder")
    if request.method == "POST" and form.is_valid():
        try:
            work.entering.enter(form.cleaned_data["words"], here.now())
        except WrongShares as error:
            form.add_error("words", str(error))
        else:
            return _finish(here, work) if work.entering.is_enough() else redirect("enter")
    if work.entering.roles:
        form.fields["words"].label = "The words of the second holder"
    context = {
        "work": work,
        "entered": [spoken(role) for role in work.entering.roles],
        "form": form,
        "reading": getattr(work, "reading", None),
    }
    return render(request, "keyroom/enter.html", context)


def _finish(here: Room, work: Entered) -> HttpResponse:
    """Use the two shares. Whatever comes of it, they are forgotten."""
    here.break_off()
    result = work.finish(work.entering.take())
    if isinstance(result, Dealing):
        return _begin(here, result)
    here.finish(result)
    return redirect("done")


# --- Trouble ----------------------------------------------------------------------------------------------------------


def _failed(request: HttpRequest, *arguments: Any, status: int, words: str, **keywords: Any) -> HttpResponse:
    """A page without details: what was typed could be among them."""
    return render(request, "keyroom/trouble.html", {"trouble": words}, status=status)


NOT_READ = "That could not be read. Go back, and try again."
NOT_FROM_HERE = "That did not come from a page of this room. Begin again from its start."
NO_PAGE = "There is no such page in this room."
FAILED = "Something went wrong, and nothing was kept. Close the room, and begin anew."
bad_request = partial(_failed, status=400, words=NOT_READ)
forbidden = partial(_failed, status=403, words=NOT_FROM_HERE)
not_found = partial(_failed, status=404, words=NO_PAGE)
failed = partial(_failed, status=500, words=FAILED)
