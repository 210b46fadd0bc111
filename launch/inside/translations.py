"""`python -m launch.inside.translations PO…`: compile translations without gettext, in silence."""

import os
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po


def compile_one(source: Path) -> None:
    """Write the .mo beside its .po, whole or not at all. Fuzzy translations are left out, as gettext does."""
    with source.open("rb") as file:
        try:
            catalog = read_po(file, abort_invalid=True)
        except PoFileError as error:
            sys.exit(f"{source} cannot be read: {error}")
    target = source.with_suffix(".mo")
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    with draft.open("wb") as file:
        write_mo(file, catalog)
    draft.replace(target)


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        compile_one(Path(argument))
