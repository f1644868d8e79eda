"""Django's own form rendering, with GOV.UK Frontend's markup.

``{{ form }}``, ``{{ form.field.as_field_group }}`` and formsets come out with labels, hints, errors and
``aria-describedby`` in place, so that no page writes them by hand.
"""

from typing import Any

from django.forms import BaseForm, BoundField, ChoiceField, Field, ModelChoiceField, Widget
from django.forms.renderers import TemplatesSetting
from django.template.loader import get_template

WIDGET_CLASSES = {
    "select": "govuk-select",
    "textarea": "govuk-textarea",
    "checkbox": "govuk-checkboxes__input",
    "radio": "govuk-radios__input",
    "file": "govuk-file-upload",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
    "hidden": "",
}
"""The classes of each kind of control, its own first; every other kind is a ``govuk-input``."""

CHOSEN = frozenset({"select", "radio", "checkbox", "file"})
"""The kinds in which one chooses rather than types."""

OUR_WIDGETS = frozenset(
    {
        "django/forms/widgets/checkbox_select.html",
        "django/forms/widgets/clearable_file_input.html",
        "django/forms/widgets/multiwidget.html",
        "django/forms/widgets/radio.html",
    }
)
"""Widgets whose markup differs from Django's; ours stand under the same name in moothall/forms/widgets/."""


DASHES = "---------"
"""What Django calls the choice of nothing."""


def _say_what_no_choice_means(field: Any) -> None:
    said = "Choose one" if field.required else "None"
    if isinstance(field, ModelChoiceField):  # its choices are in the database
        field.empty_label = said if field.empty_label == DASHES else field.empty_label
    elif isinstance(field, ChoiceField):
        choices: Any = field.choices
        if any(label == DASHES for _, label in choices):
            field.choices = [(value, said if label == DASHES else label) for value, label in choices]


class FieldMarkup(BoundField):
    """A field whose control carries GOV.UK Frontend's class and, if it is wrong, its error class."""

    def __init__(self, form: BaseForm, field: Field, name: str) -> None:
        super().__init__(form, field, name)
        # A summary of errors lists them away from their fields, where Django's "This field is required" says nothing.
        if field.error_messages.get("required") == Field.default_error_messages["required"]:
            verb = "Choose" if self.kind in CHOSEN else "Fill in"
            field.error_messages["required"] = f"{verb} “{self.label}”."
        _say_what_no_choice_means(field)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        control = widget or self.field.widget
        kind = kind_of(control)
        classes = WIDGET_CLASSES.get(kind, "govuk-input").split()
        if kind in ("radio", "checkbox"):
            attrs.pop("aria-invalid", None)  # ARIA allows it on a group of choices, not on a single one
        elif classes and self.errors:
            classes.append(f"{classes[0]}--error")
        classes += [str(given) for given in (control.attrs.get("class"), attrs.get("class")) if given]
        if classes:
            attrs["class"] = " ".join(classes)
        return attrs

    @property
    def kind(self) -> str:
        """What sort of control it is, for the field's template: "checkbox", "password", "text"…"""
        return kind_of(self.field.widget)

    @property
    def first_control(self) -> str:
        """The id of what takes the focus when an error is followed: a group's first choice, a moment's day."""
        if self.use_fieldset and self.kind in ("radio", "checkbox") and self.subwidgets:
            return str(self.subwidgets[0].id_for_label)
        return str(self.id_for_label or f"{self.auto_id}_0")

    @property
    def optional(self) -> bool:
        """Whether the label says "(optional)". A filter's fields all are, and do not say so."""
        return not self.field.required and not getattr(self.form, "all_optional", False)


class FormRenderer(TemplatesSetting):
    """Set as ``FORM_RENDERER``."""

    form_template_name = "moothall/forms/form.html"
    formset_template_name = "moothall/forms/formset.html"
    field_template_name = "moothall/forms/field.html"
    bound_field_class = FieldMarkup

    def get_template(self, template_name: str) -> Any:
        if template_name in OUR_WIDGETS:
            template_name = template_name.replace("django/", "moothall/", 1)
        return get_template(template_name)


def kind_of(widget: Widget) -> str:
    """ "select" or "textarea" for these, and an input's type for all others."""
    return str(getattr(widget, "input_type", "") or type(widget).__name__.lower())
