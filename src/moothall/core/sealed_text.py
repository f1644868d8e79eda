"""A field of text that the database keeps sealed: a copy of the database alone does not tell what it says."""

from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import functions

from moothall.core import sealing


class SealedTextField(models.TextField[str, str]):
    """Text as any other in Python, sealed with the council's key at rest. It cannot be searched or sorted by.

    Reading raises ``sealing.CannotOpen`` if no key opens it. An empty text stays empty.
    """

    def from_db_value(self, value: str | None, *args: Any) -> str | None:
        return sealing.open_sealed(value)["text"] if value else value

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return sealing.seal({"text": text}) if text else text

    def get_lookup(self, lookup_name: str) -> Any:
        """Two sealings of the same text differ, so asking for one by its words would find nothing: refuse it."""
        if lookup_name not in ("isnull",):
            raise TypeError("A sealed text cannot be looked for.")
        return super().get_lookup(lookup_name)


def reseal_all() -> tuple[int, int]:
    """Seal every sealed text with the first of the sealing keys. Returns how many rows are, and how many no key opens.

    A row is written only if it is still as it was read. Run again, it does no harm.
    """
    resealed = closed = 0
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields if isinstance(field, SealedTextField)]
        for pk in list(model._base_manager.values_list("pk", flat=True)) if names else []:
            done = _reseal(model, pk, names)
            resealed += done
            closed += not done
    return resealed, closed


def _reseal(model: type[models.Model], pk: Any, names: list[str]) -> bool:
    """Reseal the texts of one row, which is locked meanwhile."""
    kept = {f"kept_{name}": functions.Cast(name, models.TextField()) for name in names}
    with transaction.atomic():
        found = model._base_manager.select_for_update().filter(pk=pk).annotate(**kept).values(*kept).first()
        try:
            fresh = {name: sealing.reseal(value) for name in names if found and (value := found[f"kept_{name}"])}
        except sealing.CannotOpen:
            return False
        if fresh:
            values = {name: models.Value(value, output_field=models.TextField()) for name, value in fresh.items()}
            model._base_manager.filter(pk=pk).update(**values)
    return True
