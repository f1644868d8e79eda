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
    DATA_PROTECTION_OFFICER = "data_protection_officer", "Data protection officer"
    RECORDS_OFFICER = "records_officer", "Records officer"
    ADMINISTRATOR = "administrator", "Administrator"

    @classmethod
    def for_service(cls) -> list["Role"]:
        return [cls.CONTRIBUTOR, cls.AUTHOR, cls.APPROVER, cls.LEAD]

    @classmethod
    def for_organisation(cls) -> list["Role"]:
        return [role for role in cls if role not in cls.for_service()]


class Kind(TextChoices):
    """As what somebody is here. It decides which policies are meant for them, and gives no permission."""

    STAFF = "staff", "Member of staff"
    COUNCILLOR = "councillor", "Councillor"
    CONTRACTOR = "contractor", "Contractor"
    GUEST = "guest", "Guest or volunteer"
