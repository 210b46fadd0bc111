"""What must be signed before a complaint is answered, with a letter or without one.

The procedure signs (step 6) before it tells the complainant (step 7), and who signs depends on class and priority as
well as on amounts. (Design section 3.) The second person of a final response is another rule: one person, who reads
the letter itself.
"""

from django.utils.translation import gettext as _

from complaints.errors import SignaturesMissing
from complaints.models import Complaint
from complaints.selectors import signoff_needs


def check_signed(complaint: Complaint) -> None:
    """Raise SignaturesMissing while a rule holds back the answer of a held complaint: who signs, and what to do."""
    if sentence := refusal(complaint):
        raise SignaturesMissing(sentence)


def refusal(complaint: Complaint) -> str:
    """Why the complaint cannot be answered before somebody has signed; empty where nobody has to."""
    parties = signoff_needs.missing_for_answer(complaint)
    if not parties:
        return ""
    # Translators: stands between the parts of a list.
    named = _(", ").join(party.words() for party in parties)
    return _(
        "Before this complaint is answered, these must sign: %(parties)s. Put a proposal before them; where nothing is"
        " to be carried out, it is your words alone."
    ) % {"parties": named}
