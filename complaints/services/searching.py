"""Keeping what a complaint can be found by."""

from common.text import search_terms
from complaints.models import Complaint, SearchEntry


def index(complaint: Complaint) -> None:
    """Write the complaint's search terms anew. Call it under the complaint's lock, after its words changed."""
    person = complaint.complainant
    terms = search_terms(
        complaint.reference,
        complaint.subject,
        complaint.description,
        complaint.summary,
        complaint.demand_note,
        complaint.suggestion,
        person.name,
        person.phone,
        *complaint.messages.values_list("body", flat=True),
        *complaint.subjects.values_list("name", flat=True),
        *complaint.external_numbers.values_list("number", flat=True),
    )
    if person.email:
        terms.append(person.email.lower()[:60])
    SearchEntry.objects.update_or_create(complaint=complaint, defaults={"terms": terms})
