"""One agent of the proof of the lock order: acts on complaints at random, through the services, until all is done."""

import json
import os
import random
import sys
from collections import Counter
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import OperationalError, connection  # noqa: E402 - Django has to be set up first
from psycopg2 import errorcodes  # noqa: E402 - as above

from accounts.models import User  # noqa: E402 - as above
from complaints.classes import ComplaintClass, Kind  # noqa: E402 - as above
from complaints.errors import ComplaintError  # noqa: E402 - as above
from complaints.models import Complaint  # noqa: E402 - as above
from complaints.services import casework, correspondence, decisions  # noqa: E402 - as above
from complaints.vocabulary import Grade  # noqa: E402 - as above

Act = Callable[[int], object]


def acts(me: User, others: list[User], chance: random.Random) -> list[Act]:
    """What an agent does in a day, the frequent things several times."""
    return [
        lambda pk: correspondence.note(complaint_id=pk, by=me, body="Spoke with the shop."),
        lambda pk: correspondence.note(complaint_id=pk, by=me, body="The receipt has come."),
        lambda pk: correspondence.reply(complaint_id=pk, by=me, body="We are looking into it."),
        lambda pk: correspondence.hear(complaint_id=pk, body="When will I hear from you?"),
        lambda pk: casework.acknowledge(complaint_id=pk, by=me),
        lambda pk: casework.assign(complaint_id=pk, by=me, to=chance.choice(others)),
        lambda pk: casework.prioritise(complaint_id=pk, by=me, impact=Grade.HIGH, urgency=Grade.MEDIUM),
        lambda pk: casework.wait(complaint_id=pk, by=me, question="Which day was it?"),
        lambda pk: casework.resume(complaint_id=pk, by=me),
        lambda pk: decisions.classify(
            complaint_id=pk, by=me, complaint_class=ComplaintClass.COMMUNICATIVE, kind=Kind.ENQUIRY, reasons="It asks."
        ),
    ]


def main(wanted: int, seed: int, complaints: list[int]) -> None:
    """Act so many times. What the rules of the office refuse is counted and something else done instead."""
    chance = random.Random(seed)
    me = User.objects.get(email="supervisor@bench.example")
    others = list(User.objects.filter(email__in=["handler@bench.example", "manager@bench.example"]))
    possible = acts(me, others, chance)
    told: Counter[str] = Counter(done=0, refused=0, deadlocks=0)
    print("ready", flush=True)
    sys.stdin.readline()
    while told["done"] < wanted:
        try:
            chance.choice(possible)(chance.choice(complaints))
        except ComplaintError:
            told["refused"] += 1
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", None) != errorcodes.DEADLOCK_DETECTED:
                raise
            told["deadlocks"] += 1
        else:
            told["done"] += 1
    print(json.dumps(told))


if __name__ == "__main__":
    connection.ensure_connection()
    main(int(sys.argv[1]), int(sys.argv[2]), list(Complaint.objects.order_by("pk").values_list("pk", flat=True)))
