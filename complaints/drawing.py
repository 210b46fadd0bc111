"""Drawing the rules for people: the lifecycle as a diagram, the grants as a table. Pure."""

from accounts.roles import Role
from complaints.lifecycle import COMPLAINANTS_OWN, ENDED, MOVES, OPEN, Status, Verb
from complaints.permissions import GRANTS

MARK = "<!-- drawn by `manage.py draw_lifecycle`: do not edit below this line -->"


def lifecycle() -> str:
    """The state machine as a Mermaid diagram, and as a table of statuses and verbs (docs/lifecycle.md)."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {Status.RECEIVED}: {Verb.REGISTER}"]
    arrows: dict[tuple[Status, Status], list[str]] = {}
    for (before, verb), after in MOVES.items():
        if before != after:
            arrows.setdefault((before, after), []).append(str(verb))
    lines += [f"    {before} --> {after}: {', '.join(verbs)}" for (before, after), verbs in arrows.items()]
    lines += [f"    {status} --> [*]" for status in Status if status in ENDED]
    lines += ["```", "", _row(["", *map(str, Status)]), _row(["---"] * (len(Status) + 1))]
    for verb in Verb:
        if verb != Verb.REGISTER:
            cells = [str(MOVES.get((status, verb), "")) for status in Status]
            lines.append(_row([f"**{verb}**" + (" ¹" if verb in COMPLAINANTS_OWN else ""), *cells]))
    open_ones = ", ".join(str(status) for status in Status if status in OPEN)
    lines += ["", f"Open, so the office owes an answer: {open_ones}. ¹ The complainant's own acts.", ""]
    return "\n".join(lines)


def grants() -> str:
    """Role × verb as a table (docs/permissions.md)."""
    verbs = [verb for verb in Verb if verb not in COMPLAINANTS_OWN]
    lines = [_row(["", *map(str, Role)]), _row(["---"] * (len(Role) + 1))]
    for verb in verbs:
        lines.append(_row([f"**{verb}**", *("✓" if verb in GRANTS[role] else "" for role in Role)]))
    return "\n".join([*lines, ""])


def redrawn(document: str, drawing: str) -> str:
    """The document with everything below the mark replaced by the drawing."""
    return document.split(MARK)[0] + MARK + "\n\n" + drawing


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
