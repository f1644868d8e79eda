"""Forms about people."""

from collections.abc import Iterable
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.core import context
from django import forms
from django.db import transaction
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from moothall.accounts import actions
from moothall.accounts.actions import Grant
from moothall.accounts.adapters import INVITATION_SESSION, invitation_in
from moothall.accounts.models import Service, Unit, User
from moothall.accounts.roles import Kind, Role


class SignupForm(AllauthSignupForm):
    """A new person chooses a password. The address is the invitation's, which reached them, so it is verified."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        invitation = invitation_in(context.request)
        # A disabled field takes its value from here alone, whatever the address bar or the request may say.
        self.initial["email"] = invitation.email if invitation else ""
        self.fields["email"].disabled = True

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """The new user, or the page that says why there is none: the invitation may have been used a moment ago."""
        try:
            return cast(tuple[User | None, HttpResponse | None], super().try_save(request))
        except forms.ValidationError:
            return None, redirect("account_signup")

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        invitation = invitation_in(request)
        if invitation is None:
            raise forms.ValidationError(actions.INVITATION_CLOSED)
        get_adapter().stash_verified_email(request, invitation.email)
        user = cast(User, super().save(request))
        actions.accept_invitation(invitation, user)
        del request.session[INVITATION_SESSION]
        return user


class PersonForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ("name", "job_title", "kind", "unit", "is_active")


class RolesForm(forms.Form):
    """One role in each service, the wider containing the narrower, and any number for the organisation."""

    organisation = forms.MultipleChoiceField(
        label="For the whole organisation",
        help_text="Each of these needs a second step at sign-in.",
        choices=[(role.value, role.label) for role in Role.for_organisation()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, grants: Iterable[Grant] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = list(grants)
        self.fields["organisation"].initial = [role for role, service in held if service is None]
        self.services = list(Service.objects.all())
        ladder = [role.value for role in Role.for_service()]
        for service in self.services:
            roles = [role for role, service_id in held if service_id == service.pk]
            self.fields[f"service_{service.pk}"] = forms.ChoiceField(
                label=service.name,
                choices=[("", "No role"), *((role.value, role.label) for role in Role.for_service())],
                initial=max(roles, key=ladder.index, default=""),
                required=False,
            )

    def grants(self) -> list[Grant]:
        """The roles that were chosen."""
        chosen: list[Grant] = [(role, None) for role in self.cleaned_data["organisation"]]
        for service in self.services:
            if role := self.cleaned_data[f"service_{service.pk}"]:
                chosen.append((role, service.pk))
        return chosen


class InvitationForm(RolesForm):
    email = forms.EmailField(label="E-mail address", max_length=254)
    name = forms.CharField(label="Full name", max_length=200)
    kind = forms.ChoiceField(label="Here as", choices=Kind.choices, initial=Kind.STAFF, required=False)
    unit = forms.ModelChoiceField(queryset=Unit.objects.all(), required=False)
    field_order = ("email", "name", "kind", "unit")

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or Kind.STAFF


class ServiceForm(forms.ModelForm[Service]):
    class Meta:
        model = Service
        fields = ("name", "slug", "summary")
        labels = {"slug": "Short name for addresses"}
        help_texts = {"slug": "Small letters, digits and hyphens, such as fire-and-rescue."}


class UnitForm(forms.ModelForm[Unit]):
    leads = forms.CharField(
        label="Who leads it",
        help_text="Their e-mail addresses, one a line. They see its figures of web use, and those of its parts.",
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
        required=False,
    )

    class Meta:
        model = Unit
        fields = ("name", "parent")
        labels = {"parent": "Part of"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["leads"] = "\n".join(self.instance.leads.values_list("email", flat=True))

    def clean_leads(self) -> list[User]:
        """The people with these addresses."""
        wanted = set(self.cleaned_data["leads"].lower().replace(",", " ").replace(";", " ").split())
        found = User.objects.active().annotate(address=Lower("email")).filter(address__in=wanted)
        leads = {person.email.lower(): person for person in found}
        if missing := sorted(wanted - leads.keys()):
            raise forms.ValidationError(f"Nobody here has the address {missing[0]}. Invite them first, under People.")
        return list(leads.values())

    def clean_parent(self) -> Unit | None:
        parent: Unit | None = self.cleaned_data["parent"]
        above, seen = parent, set[int]()
        while above is not None and above.pk not in seen:  # two changes at once may have closed a circle higher up
            if above.pk == self.instance.pk:
                raise forms.ValidationError("A unit cannot be part of itself.")
            seen.add(above.pk)
            above = above.parent
        return parent
