"""What a link to the form can have filled in, and its address."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

Filled = Mapping[str, Mapping[str, list[str]]]


@dataclass(frozen=True)
class Known:
    """What somebody has said so far; the rest they write themselves."""

    subject: str = ""
    description: str = ""
    language: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""

    def answers(self) -> Filled:
        """By the steps and fields of the public form; empty ones are left to be filled in."""
        told = {"subject": self.subject, "description": self.description, "language": self.language}
        contact = {"name": self.name, "phone": self.phone, "email": self.email}
        if any(contact.values()):
            contact["identity"] = "named"
        steps = {"what-happened": told, "contact": contact}
        return {
            step: {field: [value] for field, value in fields.items() if value}
            for step, fields in steps.items()
            if any(fields.values())
        }


def address(key: str) -> str:
    """The absolute address that opens the form once."""
    return f"{settings.BASE_URL}{reverse('portal:form-link', args=[key])}"
