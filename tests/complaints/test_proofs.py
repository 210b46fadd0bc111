"""The list of proofs and the numbers of the matter, through service, desk, API and the complainant's page."""

from html import unescape

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from complaints import access
from complaints.errors import ComplaintError, IllegalMove, Invalid
from complaints.models import CaseNumber, Complaint, Proof
from complaints.proving import NumberKind, ProofFrom, ProofKind, ProofState
from complaints.selectors import with_text
from complaints.services import casework, evidence, proofs


@pytest.fixture
def complaint(register):
    return register().complaint


def listed(complaint, by, **changes):
    given = {"kind": ProofKind.PURCHASE, "what": "The receipt of the kettle", "brought_by": ProofFrom.COMPLAINANT}
    return proofs.list_proof(complaint_id=complaint.pk, by=by, **(given | changes))


def test_a_proof_is_missing_until_somebody_says_how_it_stands(complaint, agent, outsider):
    for wrong in ({"what": " "}, {"by": outsider}):
        with pytest.raises(ComplaintError):
            listed(complaint, **({"by": agent} | wrong))
    assert listed(complaint, agent).state == ProofState.MISSING
    event = complaint.events.last()
    assert event.data == {"proof": 1, "proof_kind": "purchase", "proof_from": "complainant"}
    file = evidence.attach(
        complaint_id=complaint.pk,
        by=agent,
        internal=False,
        file=evidence.check_file(ContentFile(b"2 kettles", name="bill.txt")),
    )
    settle = {"complaint_id": complaint.pk, "by": agent, "number": 1}
    wrong = [
        {"number": 9, "state": ProofState.THERE}, {"state": ProofState.MISSING},
        {"state": ProofState.UNAVAILABLE, "file_id": file.pk}, {"state": ProofState.THERE, "file_id": file.pk + 1},
    ]  # fmt: skip
    for changes in wrong:
        with pytest.raises(Invalid):
            proofs.settle_proof(**(settle | changes))
    there = proofs.settle_proof(**settle, state=ProofState.THERE, file_id=file.pk, remark="By mail")
    assert (there.state, there.file, there.settled_by) == (ProofState.THERE, file, agent)
    with pytest.raises(IllegalMove):
        proofs.settle_proof(**settle, state=ProofState.THERE, file_id=file.pk, remark="By mail")
    corrected = proofs.settle_proof(**settle, state=ProofState.UNAVAILABLE, remark="It was another one")
    assert (corrected.state, corrected.file) == (ProofState.UNAVAILABLE, None)
    casework.withdraw(complaint_id=complaint.pk, by=agent, reasons="They rang.")
    with pytest.raises(IllegalMove):
        listed(complaint, agent)


def test_a_number_finds_the_complaint_and_stands_once(complaint, agent):
    given = {"complaint_id": complaint.pk, "by": agent, "kind": NumberKind.INVOICE}
    for wrong in (" ", "x" * 101):
        with pytest.raises(Invalid):
            proofs.record_number(**given, value=wrong)
    proofs.record_number(**given, value="AB-12345678")
    assert "AB-12345678" not in str(complaint.events.last().data)
    with pytest.raises(Invalid, match="already"):
        proofs.record_number(**given, value="AB-12345678")
    assert complaint in with_text(Complaint.objects.all(), "AB-12345678")


def test_the_database_refuses_half_a_proof(complaint, agent):
    listed(complaint, agent)
    for change in (
        {"state": "there"},
        {"what": ""},
        {"remark": "x"},
        {"kind": "hearsay"},
        {"settled_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proof.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseNumber.objects.create(
            complaint=complaint, kind="invoice", value="", recorded_by=agent, recorded_at=timezone.now()
        )


def test_the_complainant_reads_what_they_could_bring(client, complaint, agent):
    listed(complaint, agent)
    listed(complaint, agent, kind=ProofKind.RECORDING, what="Our own recording", brought_by=ProofFrom.OFFICE)
    client.get(access.signed_link(complaint).removeprefix("http://127.0.0.1:8000"), follow=True)
    page = unescape(client.get(f"/track/{complaint.reference}/").content.decode())
    assert "The receipt of the kettle" in page
    assert "Our own recording" not in page
    proofs.settle_proof(complaint_id=complaint.pk, by=agent, number=1, state=ProofState.THERE)
    assert "The receipt of the kettle" not in client.get(f"/track/{complaint.reference}/").content.decode()
