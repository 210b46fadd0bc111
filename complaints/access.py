"""Opening a case from outside: with reference and secret, or with the link in a mail. (Design section 3.)

Reference and e-mail alone never open a case. This module decides; it neither reads requests nor writes anything.
"""

from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from complaints import references
from complaints.models import Complaint

LINK_LASTS = timedelta(days=180)
"""How long the link in a mail opens the case. A newer mail carries a newer link."""

_NO_SUCH_DIGEST = references.digest("")


def signed_link(complaint: Complaint) -> str:
    """The absolute address that opens this case for `LINK_LASTS`.

    It carries the reference and a signature, no personal data. The signature covers the digest of the secret, so
    that giving the case a new secret also ends every link sent before.
    """
    key = _signer().sign(_signed_part(complaint)).removeprefix(f"{_signed_part(complaint)}.")
    return f"{settings.BASE_URL}{reverse('portal:case', args=[complaint.reference])}?key={key}"


def opens(complaint: Complaint, key: str) -> bool:
    """Whether the key of a link opens this case now: not altered, not for another case, not too old."""
    try:
        _signer().unsign(f"{_signed_part(complaint)}.{key}", max_age=LINK_LASTS)
    except BadSignature:
        return False
    return True


def find_by_secret(reference: str, secret: str) -> Complaint | None:
    """The case that this reference and this secret open together, else None.

    One query, one digest and one comparison in constant time, whether the case exists or not: the time taken
    tells nothing.
    """
    complaint = Complaint.objects.filter(reference=references.normalise(reference) or "").first()
    kept = complaint.access_digest if complaint is not None else _NO_SUCH_DIGEST
    right = constant_time_compare(references.digest(secret), kept)
    return complaint if right and complaint is not None else None


def _signed_part(complaint: Complaint) -> str:
    return f"{complaint.reference}:{complaint.access_digest}"


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="complaints.access.link", sep=".")
