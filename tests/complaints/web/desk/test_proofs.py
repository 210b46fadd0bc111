"""The list of proofs and the numbers of the matter at the desk."""


def test_a_proof_is_listed_and_settled_and_a_number_recorded(desk, agent, outsider, register, words):
    complaint, office = register().complaint, desk(agent)
    assert "No proof is on the list." in words(office.opens(complaint, "settle-proof"))
    part = office.does("list-proof", complaint, kind="purchase", what="", headers={"HX-Request": "true"})
    assert part.status_code == 422
    proof = {"kind": "purchase", "what": "The receipt", "brought_by": "complainant"}
    assert office.does("list-proof", complaint, **proof).status_code == 302
    page = words(office.opens(complaint))
    assert page.index("1. Invoice or receipt") < page.index("Missing") < page.index("The receipt")
    assert "listed proof no. 1 (Invoice or receipt) as missing" in page
    assert office.does("settle-proof", complaint, proof="1", state="missing").status_code == 422
    assert office.does("settle-proof", complaint, proof="1", state="there", remark="Seen here").status_code == 302
    assert "Seen here" in words(office.opens(complaint))
    assert office.does("record-number", complaint, kind="invoice", value="AB-12345678").status_code == 302
    assert office.does("record-number", complaint, kind="invoice", value="AB-12345678").status_code == 422
    assert "AB-12345678" in words(office.opens(complaint))
    assert "AB-12345678" in words(office.get(f"/desk/complaints/{complaint.reference}/print/registration/"))
    assert desk(outsider).does("list-proof", complaint, **proof).status_code == 404
