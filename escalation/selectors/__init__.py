"""Reads about deadlines: the rules in force, ledgers, who holds a tier, clocks for pages, the engine's health."""

from escalation.selectors.boards import Board, board
from escalation.selectors.calendars import (
    CalendarStanding,
    calendar_alarms,
    calendar_standing,
    calendar_standings,
    newest_calendar,
    newest_calendars,
    overtaken,
)
from escalation.selectors.clocks import Explained, NextClock, clocks_of, clocks_of_many, explained, next_clocks
from escalation.selectors.extensions import (
    Extendable,
    Possible,
    due_if_granted,
    extendable,
    fulfillable,
    requests_of,
    requests_to_decide,
    waiting_of,
)
from escalation.selectors.health import (
    EngineHealth,
    Troubled,
    database_now,
    due_now,
    engine_health,
    provisional_clocks,
    troubled,
)
from escalation.selectors.ledgers import fired_keys, ledgers
from escalation.selectors.office_hours import HoursBook, hours_of
from escalation.selectors.owed import follow_up_due, owed_after_the_answer
from escalation.selectors.pauses import PauseTerms, pause_terms
from escalation.selectors.people import Found, Roster, Way, holder_of, next_holder
from escalation.selectors.policies import (
    PolicyStanding,
    VersionStanding,
    migrations_of,
    names_for,
    new_drafts,
    newest_policy,
    policy_draft,
    policy_standings,
    policy_versions,
)
from escalation.selectors.promised import next_promised, promised_after, promises_made, promises_to
from escalation.selectors.referrals import CaseFile, bodies, bodies_for, case_file, referral_of
from escalation.selectors.reopening import tier_again
from escalation.selectors.rulebook import Rulebook, Rules, calendar_rules, policy_rules, prepare
from escalation.selectors.takeovers import Takeover, has_climbed, is_out, resting, takeable, taken_over

__all__ = [
    "Board",
    "CalendarStanding",
    "CaseFile",
    "EngineHealth",
    "Explained",
    "Extendable",
    "Found",
    "HoursBook",
    "NextClock",
    "PauseTerms",
    "PolicyStanding",
    "Possible",
    "Roster",
    "Rulebook",
    "Rules",
    "Takeover",
    "Troubled",
    "VersionStanding",
    "Way",
    "board",
    "bodies",
    "bodies_for",
    "calendar_alarms",
    "calendar_rules",
    "calendar_standing",
    "calendar_standings",
    "case_file",
    "clocks_of",
    "clocks_of_many",
    "database_now",
    "due_if_granted",
    "due_now",
    "engine_health",
    "explained",
    "extendable",
    "fired_keys",
    "follow_up_due",
    "fulfillable",
    "has_climbed",
    "holder_of",
    "hours_of",
    "is_out",
    "ledgers",
    "migrations_of",
    "names_for",
    "new_drafts",
    "newest_calendar",
    "newest_calendars",
    "newest_policy",
    "next_clocks",
    "next_holder",
    "next_promised",
    "overtaken",
    "owed_after_the_answer",
    "pause_terms",
    "policy_draft",
    "policy_rules",
    "policy_standings",
    "policy_versions",
    "prepare",
    "promised_after",
    "promises_made",
    "promises_to",
    "provisional_clocks",
    "referral_of",
    "requests_of",
    "requests_to_decide",
    "resting",
    "takeable",
    "taken_over",
    "tier_again",
    "troubled",
    "waiting_of",
]
