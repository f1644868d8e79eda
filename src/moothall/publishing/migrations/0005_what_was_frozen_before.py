"""Posts, revisions and deliveries from before there were threads, in the form that they have now."""

from django.db import migrations

FACTS = ("name", "content_type", "width", "height", "size")


def reshape(apps, schema_editor):
    assets = {each.pk: each for each in apps.get_model("library", "Asset").objects.all()}
    by_name = {each.name: each.pk for each in assets.values()}
    apps.get_model("publishing", "Post").objects.exclude(scheduled_for=None).update(timing="at_a_time")
    for revision in apps.get_model("publishing", "Revision").objects.iterator():
        revision.content = _content(revision.content, assets)
        revision.save(update_fields=["content"])
    for delivery in apps.get_model("publishing", "Delivery").objects.exclude(media=[]).iterator():
        delivery.media = [each | {"asset": by_name.get(each["name"])} for each in delivery.media]
        delivery.save(update_fields=["media"])


def _content(old, assets):
    media = [
        {name: getattr(assets[each["picture"]], name) for name in FACTS}
        | {"kind": "image", "seconds": 0, "still": "", "captions": "", "captions_language": "en"}
        | {"asset": each["picture"], "alt": each["alt"]}
        for each in old.get("pictures", [])
    ]
    variants = [
        {
            "channel": each["channel"],
            "language": "en",
            "options": {},
            "card": None,
            "parts": [{"text": each["text"], "media": media}],
        }
        for each in old["variants"]
    ]
    timing = "at_a_time" if old.get("scheduled_for") else "at_once"
    kept = {name: old.get(name) for name in ("service", "text", "scheduled_for")}
    return kept | {"timing": timing, "variants": variants}


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0004_threads_rules_slots_and_pauses"),
        ("library", "0002_assets_crops_and_consents"),
    ]
    operations = [migrations.RunPython(reshape, migrations.RunPython.noop)]
