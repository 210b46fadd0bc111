"""The door of the launcher. It parses on any Python, so that an old one gets a sentence and no traceback."""

import os
import sys

OLDEST = (3, 11)


def better_python():
    # type: () -> str | None
    """The name of a newer Python on PATH, or None."""
    for minor in range(19, OLDEST[1] - 1, -1):
        name = "python3.%d" % minor
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            if os.access(os.path.join(folder, name), os.X_OK):
                return name
    return None


def refusal():
    # type: () -> str
    """What to tell someone whose Python is too old."""
    found = tuple(sys.version_info[:2])
    sentence = "Redress needs Python %d.%d or newer, and this is Python %d.%d." % (OLDEST + found)
    name = better_python()
    if name:
        return sentence + " This machine has a newer one: run `%s launch` instead." % name
    return sentence + " Install one (Debian, Ubuntu: `apt-get install python3 python3-venv`) and try again."


if __name__ == "__main__":
    if sys.version_info[:2] < OLDEST:
        sys.exit(refusal())
    # `python3 launch` puts this folder first on the path, where venv.py would hide the library's own venv.
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [os.path.dirname(here)] + [entry for entry in sys.path if os.path.abspath(entry) != here]
    from launch.cli import main

    sys.exit(main(sys.argv[1:]))
