"""Working in memory at full speed."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collections() -> Iterator[None]:
    """Let the collector of cycles rest while a batch of bounded size is worked off.

    Such a batch makes tens of thousands of objects that hold no cycles and are gone at its end; to walk through them
    over and over took a fifth of the time of a sweep.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
