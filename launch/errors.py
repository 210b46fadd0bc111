"""What can end a launch early. Messages are whole sentences for the person at the terminal."""


class LaunchError(Exception):
    """Something the launcher cannot put right by itself; the message says what to do."""


class StopRequested(Exception):
    """Somebody pressed Ctrl-C or sent a signal while something was being prepared."""
