"""One sweeping process of a measurement: says that it is ready, waits for the word, sweeps until nothing is due."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402 - Django has to be set up first

from escalation.services import sweep  # noqa: E402 - as above

if __name__ == "__main__":
    connection.ensure_connection()
    print("ready", flush=True)
    sys.stdin.readline()
    sweep.sweep(seconds=3_600)
