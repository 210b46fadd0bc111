"""English: the day first, as in the moments of `common/moments.py`."""

DATE_FORMAT = "j F Y"
