"""Whom complainants are told to turn to: a person by name, or the desk of a department that protects its people.

A department that names its desk (`Department.desk_name`) shows that, with the desk's number, wherever a complainant
would read the name of somebody who works there or handles its complaints. (Mission M31; S0-71, S1-05.)

The desk is named in the active language: whoever writes to a complainant activates theirs.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from complaints.models import Complaint


@dataclass(frozen=True)
class Contact:
    """Who handles the complaint, as the complainant reads it. `name` is empty while nobody does."""

    name: str
    phone: str
    department: str
    is_desk: bool = False

    @property
    def beside(self) -> str:
        """The department, as it stands behind the name; empty where the name says it already."""
        return "" if self.name == self.department else self.department


def contact_of(complaint: Complaint) -> Contact:
    """The named contact of a complaint. Reads the holder, and the departments of both."""
    department, holder = complaint.department, complaint.holder
    label = department.label()
    if department.desk_name:
        return Contact(department.desk_label(), department.desk_phone, label, is_desk=True)
    if holder is None:
        return Contact("", department.desk_phone, label)
    home = holder.department
    if home is not None and home.desk_name:
        return Contact(home.desk_label(), home.desk_phone, label, is_desk=True)
    return Contact(holder.name, holder.phone, label)


def in_one_line(complaint: Complaint) -> str:
    """The contact with department and phone: "Ling Ho, Billing, phone 02-0000-0100"."""
    found = contact_of(complaint)
    who = found.name or found.department
    if found.name and found.beside:
        who = _("%(name)s, %(department)s") % {"name": found.name, "department": found.beside}
    return _("%(person)s, phone %(phone)s") % {"person": who, "phone": found.phone} if found.phone else who


def name_shown(person: User, complaint: Complaint) -> str:
    """What the complainant reads instead of, or as, the name of somebody of the staff."""
    home = person.department
    if home is not None and home.desk_name:
        return home.desk_label()
    return complaint.department.desk_label() or person.name
