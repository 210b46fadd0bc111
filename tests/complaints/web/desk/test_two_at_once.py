"""Two people send their forms at the same moment: one act is done, the other person is told of it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from complaints.models import Message


@pytest.mark.race
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_forms_made_at_the_same_version_one_is_carried_out(desk, agent, handler, complaint):
    together = Barrier(2)

    def send(browser):
        together.wait()
        try:
            return browser.does("reply", complaint, version=1, body="We are on it.").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(send, [desk(agent), desk(handler)]))
    assert answers == [302, 409]
    assert Message.objects.count() == 1
