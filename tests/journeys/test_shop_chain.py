"""The preset of a shop chain: a kettle goes back when three people have confirmed it, each for their own part."""

import pytest

from accounts.roles import Role
from tests.journeys.stage import clock, load, seat

pytestmark = pytest.mark.django_db


def test_goods_go_back_when_control_room_shop_manager_and_key_accounts_have_signed(at, sweep_at):
    load("shop_chain")
    agent = seat(Role.AGENT, "shops-first")
    handler = seat(Role.HANDLER, "shops-first")
    shop_manager = seat(Role.MANAGER, "shops-first")
    control_room = seat(Role.HANDLER, "shops-control-room")
    key_accounts = seat(Role.MANAGER, "shops-key-accounts")

    # at the counter of the first shop; what is said is written down and read back
    with at("2026-03-02 11:00"):
        told = agent.registers(
            subject="The kettle leaks",
            description="I bought it on Saturday. It drips. I want my money back.",
            channel="visit",
            form="oral",
            read_back=True,
            department="shops-first",
            category="shops-goods-return",
            complainant={"name": "Wu Pei-shan", "email": "wu@example.org"},
            subjects=[{"kind": "product", "name": "Kettle K-2", "reference": "L-7781"}],
            demands=["return"],
        )
        reference = told["reference"]
        assert clock(told, "resolution")["due_at"] == "2026-03-17T16:00:00Z"  # fifteen days, by the law of the pack
        agent.does(reference, "acknowledge")
        agent.does(reference, "assign", to=handler.user.email)
        handler.does(reference, "investigate", source="visit", what="It drips at the seam.", verified=True, how="Seen")
        price = {"loss": "price", "claimed": "890", "offered": "890"}
        told = handler.does(
            reference, "remedies", kind="return", what="We take it back.", lines=[price], currency="TWD"
        )

        # nothing may be offered before the three have signed, in their order
        assert handler.is_refused(reference, "offer", options=[[1]], message="Bring it.") == "signatures_missing"
        told = handler.does(reference, "propose", text="Sold on Saturday, leaks: we take it back.")
    read = told["proposals"][0]["digest"]
    parties = [each["label"] for each in told["proposals"][0]["signatures"]]
    assert parties == ["Control room", "Shop manager", "Key-account manager"]

    with at("2026-03-02 12:00"):
        assert shop_manager.is_refused(reference, "sign", digest=read, checked=[3]) == "illegal_move"  # not their turn
        assert control_room.is_refused(reference, "sign", digest=read, checked=[1]) == "invalid"  # it has two items
        control_room.signs(reference, checked=[1, 2], instruction="The film is kept until June.")

    # the shop manager lets a day go by: the clock of the signature reminds them
    sweep_at("2026-03-03 18:01")
    assert clock(handler.reads(reference), "signoff")["state"] == "breached_open"
    with at("2026-03-04 10:00"):
        shop_manager.signs(reference, checked=[3, 4, 5])
        assert handler.is_refused(reference, "offer", options=[[1]], message="x") == "illegal_move"
        told = key_accounts.signs(reference, checked=[6])
    assert (told["status"], told["proposals"][0]["state"]) == ("carrying_out", "signed")

    # now it is offered, agreed with the customer, carried out with its proof, and answered
    with at("2026-03-04 11:00"):
        handler.does(reference, "offer", options=[[1]], message="Bring it to any shop: you get 890 dollars back.")
        read = handler.reads(reference)["offer_digest"]
        handler.does(reference, "accept_offer", option=1, through="visit", digest=read)
        told = handler.does(reference, "remedies/1/carry_out", on="2026-03-04", proof="Receipt 4471")
        told = handler.does(
            reference,
            "resolve",
            outcome="upheld",
            reasons="The seam leaks; sold by this shop.",
            message="We took the kettle back and paid you 890 dollars. We are sorry for the trouble.",
        )
    assert told["status"] == "resolved"
    assert clock(told, "resolution")["state"] == "met"
