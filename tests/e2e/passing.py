"""Lets time pass for a case of a running house: ``python -m tests.e2e.passing REFERENCE DAYS`` moves its past back."""

import sys
from datetime import timedelta

import django
from django.db.models import DateField, DateTimeField, Field, Model


def main(reference: str, days: str) -> None:
    django.setup()
    from moothall.concerns.models import Concern, Meeting, Paper, Seat, Turn

    back = timedelta(days=int(days))
    concern = Concern.objects.get(reference=reference)
    rows: list[Model] = [concern]
    for model in (Meeting, Paper, Seat, Turn):
        rows += model.objects.filter(concern=concern)
    for row in rows:
        moments = [each for each in row._meta.concrete_fields if _is_moment(each) and getattr(row, each.attname)]
        type(row)._default_manager.filter(pk=row.pk).update(
            **{each.attname: getattr(row, each.attname) - back for each in moments}
        )


def _is_moment(field: "Field[object, object]") -> bool:
    return isinstance(field, DateField | DateTimeField)


if __name__ == "__main__":
    main(*sys.argv[1:])
