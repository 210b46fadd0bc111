"""The public forms, in plain words. What they refuse they say in a sentence that names what to do.

- `fields.py`: what the fields share
- `filing.py`: a new complaint, step by step
- `tracking.py`: a case that is there
"""

from complaints.web.portal.forms.fields import add_refusals
from complaints.web.portal.forms.filing import AboutForm, ContactForm, EvidenceForm, WhatHappenedForm, WishesForm
from complaints.web.portal.forms.tracking import DisputeForm, LostForm, ReplyForm, TrackForm

__all__ = [
    "AboutForm",
    "ContactForm",
    "DisputeForm",
    "EvidenceForm",
    "LostForm",
    "ReplyForm",
    "TrackForm",
    "WhatHappenedForm",
    "WishesForm",
    "add_refusals",
]
