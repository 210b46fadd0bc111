"""The map for consumer complaints as the US Consumer Financial Protection Bureau publishes them (18 columns)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from complaints.imports.rows import BadRow, PastAnswer, PastComplaint, Row, required, shortened
from complaints.limits import MAX_LINE, MAX_SUBJECT
from complaints.services.intake import ComplainantDetails, Registration, SubjectDetails
from complaints.vocabulary import Channel, Outcome, Relation, SubjectKind

_ZONE = ZoneInfo("America/New_York")
_CHANNELS = {
    "Web": Channel.WEB,
    "Web Referral": Channel.WEB,
    "Phone": Channel.PHONE,
    "Postal mail": Channel.LETTER,
    "Fax": Channel.LETTER,
    "Referral": Channel.LETTER,
    "Email": Channel.EMAIL,
}
_OUTCOMES = {
    "Closed with monetary relief": Outcome.UPHELD,
    "Closed with non-monetary relief": Outcome.PARTLY_UPHELD,
    "Closed with relief": Outcome.UPHELD,
    "Closed with explanation": Outcome.NOT_UPHELD,
    "Closed without relief": Outcome.NOT_UPHELD,
    "Closed": Outcome.NOT_UPHELD,
    "Untimely response": Outcome.NOT_UPHELD,
}
_STILL_OPEN = {"In progress", ""}


class Cfpb:
    """Complaints without a public narrative are described by product, issue and sub-issue."""

    system = "cfpb"
    columns = frozenset(
        {
            "Complaint ID",
            "Date received",
            "Product",
            "Issue",
            "Company",
            "Submitted via",
            "Company response to consumer",
        }
    )

    def read(self, row: Row) -> PastComplaint:
        """What the row says. Dates are days in New York. Raises BadRow."""
        issue, product = required(row, "Issue"), required(row, "Product")
        sub_issue, sub_product = row.get("Sub-issue") or "", row.get("Sub-product") or ""
        narrative = (row.get("Consumer complaint narrative") or "").strip()
        channel = _CHANNELS.get(required(row, "Submitted via"))
        if channel is None:
            raise BadRow(f"Submitted via is {row['Submitted via']!r}, which is no channel known here")
        return PastComplaint(
            number=required(row, "Complaint ID"),
            registration=Registration(
                subject=shortened(f"{issue}: {sub_issue}" if sub_issue else issue, MAX_SUBJECT),
                description=narrative or ". ".join(part for part in (product, sub_product, issue, sub_issue) if part),
                channel=channel,
                language="en",
                received_at=self._day(row, "Date received"),
                complainant=ComplainantDetails(anonymous=True, relation=Relation.CUSTOMER),
                subjects=[
                    SubjectDetails(name=shortened(required(row, "Company"), MAX_LINE), kind=SubjectKind.UNIT),
                    SubjectDetails(
                        name=shortened(product, MAX_LINE), kind=SubjectKind.PRODUCT, reference=sub_product[:100]
                    ),
                ],
            ),
            answer=self._answer(row),
        )

    def _answer(self, row: Row) -> PastAnswer | None:
        response = (row.get("Company response to consumer") or "").strip()
        if response in _STILL_OPEN:
            return None
        if response not in _OUTCOMES:
            raise BadRow(f"Company response to consumer is {response!r}, which is not known here")
        return PastAnswer(
            # the file does not say when the company answered: the day it was sent there is the nearest it tells
            told_at=max(self._day(row, "Date received"), self._day(row, "Date sent to company")),
            outcome=_OUTCOMES[response],
            reasons=response,
            message=(row.get("Company public response") or "").strip() or response,
        )

    @staticmethod
    def _day(row: Row, column: str) -> datetime:
        value = required(row, column)
        try:
            return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=_ZONE)
        except ValueError:
            raise BadRow(f"{column} is {value!r}, but must be a day such as 2023-08-25") from None
