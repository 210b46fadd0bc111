"""One client of `filing`: registers one complaint to have everything loaded, and the others when told to."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from bench import filling  # noqa: E402 - Django has to be set up first
from complaints.services import intake  # noqa: E402 - as above

if __name__ == "__main__":
    given = intake.Registration(
        subject="Charged twice",
        description=filling.WORDS,
        complainant=intake.ComplainantDetails(name="Bench", email="bench@bench.example"),
    )
    intake.register(registration=given, by=None)
    print("ready", flush=True)
    sys.stdin.readline()
    for _number in range(int(sys.argv[1])):
        intake.register(registration=given, by=None)
    print("done", flush=True)
