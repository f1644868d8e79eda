"""The roles people hold."""

from django.db.models import TextChoices


class Role(TextChoices):
    """For one service: the first four. For the whole organisation: the rest, which need a second factor."""

    CONTRIBUTOR = "contributor", "Contributor"
    AUTHOR = "author", "Author"
    APPROVER = "approver", "Approver"
    LEAD = "lead", "Lead"
    DESK = "desk", "Comms desk"
    HR = "hr", "HR"
    IT_SECURITY = "it_security", "IT security"
    MONITORING_OFFICER = "monitoring_officer", "Monitoring officer"
    RECORDS_OFFICER = "records_officer", "Records officer"
    ADMINISTRATOR = "administrator", "Administrator"

    @classmethod
    def for_service(cls) -> list["Role"]:
        return [cls.CONTRIBUTOR, cls.AUTHOR, cls.APPROVER, cls.LEAD]

    @classmethod
    def for_organisation(cls) -> list["Role"]:
        return [role for role in cls if role not in cls.for_service()]
