"""The words of the registration form, as codes with labels. Pure. (Design sections 2 and 3.)"""

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    WEB = "web", _("Web form")
    PHONE = "phone", _("Phone")
    VISIT = "visit", _("Counter")
    LETTER = "letter", _("Letter")
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS link")
    API = "api", _("API")
    FOLLOW_UP = "follow_up", _("Follow-up call")
    BOT = "bot", _("Chat robot")
    VOICEMAIL = "voicemail", _("Voicemail")
    MANAGEMENT = "management", _("Mailbox of the management")


class Form(TextChoices):
    """Oral and written complaints count alike; oral ones are read back."""

    ORAL = "oral", _("Oral")
    WRITTEN = "written", _("Written")


class Track(TextChoices):
    COMPLAINT = "complaint", _("Complaint")
    REPORT = "report", _("Report of wrongdoing")
    ENQUIRY = "enquiry", _("Enquiry")
    SUGGESTION = "suggestion", _("Suggestion")
    PRAISE = "praise", _("Praise")


class Grade(TextChoices):
    """How far a matter reaches (impact), and how soon it bites (urgency)."""

    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class Priority(TextChoices):
    ORDINARY = "ordinary", _("Ordinary")
    URGENT = "urgent", _("Urgent")
    MAJOR = "major", _("Major")


PRIORITIES: Mapping[tuple[Grade, Grade], Priority] = MappingProxyType(
    {
        (Grade.LOW, Grade.LOW): Priority.ORDINARY,
        (Grade.LOW, Grade.MEDIUM): Priority.ORDINARY,
        (Grade.LOW, Grade.HIGH): Priority.URGENT,
        (Grade.MEDIUM, Grade.LOW): Priority.ORDINARY,
        (Grade.MEDIUM, Grade.MEDIUM): Priority.ORDINARY,
        (Grade.MEDIUM, Grade.HIGH): Priority.URGENT,
        (Grade.HIGH, Grade.LOW): Priority.URGENT,
        (Grade.HIGH, Grade.MEDIUM): Priority.URGENT,
        (Grade.HIGH, Grade.HIGH): Priority.MAJOR,
    }
)
"""Impact × urgency → priority (mission M07)."""


class Demand(TextChoices):
    """What the complainant asks for."""

    REFUND = "refund", _("Refund")
    RETURN = "return", _("Return of goods")
    EXCHANGE = "exchange", _("Exchange")
    REPAIR = "repair", _("Repair")
    REDO = "redo", _("Do the service again")
    DISCOUNT = "discount", _("Discount")
    COMPENSATION = "compensation", _("Compensation")
    APOLOGY = "apology", _("Apology")
    EXPLANATION = "explanation", _("Explanation")
    CORRECTION = "correction", _("Correction of a record")
    DISCIPLINE = "discipline", _("Action about a person")
    OTHER = "other", _("Something else")


class SubjectKind(TextChoices):
    """What or whom the complaint is about."""

    PERSON = "person", _("Person")
    PRODUCT = "product", _("Product")
    UNIT = "unit", _("Place or department")
    OTHER = "other", _("Something else")


class Relation(TextChoices):
    """What the complainant is to the organisation."""

    CUSTOMER = "customer", _("Customer")
    PATIENT = "patient", _("Patient")
    RESIDENT = "resident", _("Resident")
    RELATIVE = "relative", _("Relative")
    EMPLOYEE = "employee", _("Employee")
    CITIZEN = "citizen", _("Citizen")
    OTHER = "other", _("Other")


class Outcome(TextChoices):
    UPHELD = "upheld", _("Upheld")
    PARTLY_UPHELD = "partly_upheld", _("Partly upheld")
    NOT_UPHELD = "not_upheld", _("Not upheld")
    NO_FAULT = "no_fault", _("No fault")
    OUTSIDE_REMIT = "outside_remit", _("Outside our remit")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PauseReason(TextChoices):
    """Why time stops counting for a while; which of them a deadline accepts, its policy says."""

    COMPLAINANT = "complainant", _("The complainant's answer")
    THIRD_PARTY = "third_party", _("Somebody outside, such as a supplier")
    EXPERT = "expert", _("A test or an expert opinion")
    AUTHORITY = "authority", _("A decision of an authority or a court")
    AGREED = "agreed", _("A date agreed with the complainant")


class DeclineCode(TextChoices):
    """Why a complaint is not taken on; each needs a text and where else to turn."""

    OUTSIDE_REMIT = "outside_remit", _("Not ours to decide")
    DECIDED_ELSEWHERE = "decided_elsewhere", _("Already before a court or another body")
    NOT_AFFECTED = "not_affected", _("No dispute, or not affected")
    OUT_OF_TIME = "out_of_time", _("Too long ago")
    MATERIALS_MISSING = "materials_missing", _("Needed material is missing")
    NO_CONTENT = "no_content", _("No concrete content")
    ALREADY_ANSWERED = "already_answered", _("The same facts were finally answered")
    EMERGENCY = "emergency", _("An emergency that belongs elsewhere")
