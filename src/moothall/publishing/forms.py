"""Forms about posts: deciding on them, finding them, and settling what did not simply go out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms

from moothall.accounts import queries as account_queries
from moothall.accounts.models import Service, User
from moothall.core.forms import FilterForm, MomentField
from moothall.publishing.models import Delivery, Revision
from moothall.publishing.status import Status


class ApprovalForm(forms.Form):
    """Yes or no, a comment, and a new time where the author's has passed."""

    comment = forms.CharField(
        label="Comment for the author",
        help_text="Needed if you send it back.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
        required=False,
    )
    new_time = MomentField(label="A new time for it", required=False)
    at_once = forms.BooleanField(label="Send it as soon as approved", required=False)

    def __init__(self, *args: Any, time_has_passed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not time_has_passed:
            del self.fields["new_time"], self.fields["at_once"]


class PostFilter(FilterForm):
    """What narrows the list of posts."""

    q = forms.CharField(label="Words")
    service = forms.ModelChoiceField(queryset=Service.objects.none(), empty_label="All services")
    status = forms.ChoiceField(choices=[("", "All states"), *((each.value, each.words) for each in Status)])

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services: Any = self.fields["service"]
        services.queryset = account_queries.services_for(user, "post.see")


class PickForm(FilterForm):
    """What to look for in the media library."""

    q = forms.CharField(label="Words in the description or the file name", max_length=200)


class SeenForm(forms.Form):
    """ "It is there": perhaps with the address where it was seen."""

    address = forms.URLField(label="Its address, if you have it", max_length=500, required=False, assume_scheme="https")

    def __init__(self, *args: Any, delivery: Delivery, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": f"delivery_{delivery.pk}", **kwargs})


class ReleaseForm(forms.Form):
    """A new time for a held delivery."""

    all_optional = True
    at = MomentField(label="A new time for it", required=False)

    def __init__(self, *args: Any, delivery: Delivery, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": f"release_{delivery.pk}", **kwargs})

    def clean_at(self) -> datetime:
        at: datetime | None = self.cleaned_data["at"]
        if at is None:
            raise forms.ValidationError("Choose the day and the time.")
        return at


class CommentForm(forms.Form):
    """A remark on what was sent for approval."""

    text = forms.CharField(
        label="Your comment",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
        error_messages={"required": "Write your comment first."},
    )


class AgainstForm(FilterForm):
    """Which earlier revision to compare with."""

    against = forms.TypedChoiceField(label="Compare with", coerce=int)

    def __init__(self, *args: Any, earlier: Iterable[Revision], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["against"]
        choices.choices = [(each.number, f"Revision {each.number}") for each in earlier]


class PauseForm(forms.Form):
    """Why, and for whom."""

    reason = forms.CharField(
        label="Why",
        help_text="Everybody who works here sees this while the pause lasts.",
        max_length=300,
        error_messages={"required": "Say why: contributors see it, and wonder otherwise."},
    )
    services = forms.ModelMultipleChoiceField(
        label="Only these services",
        help_text="Choose none to pause everything.",
        queryset=Service.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services: Any = self.fields["services"]
        services.queryset = Service.objects.all()
