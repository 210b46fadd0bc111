"""The map for letters of citizens to a Chinese hotline, with the moment of each answer but not its text."""

from datetime import datetime
from zoneinfo import ZoneInfo

from complaints.imports.rows import BadRow, PastAnswer, PastComplaint, Row, required, shortened
from complaints.limits import MAX_LINE, MAX_SUBJECT
from complaints.services.intake import ComplainantDetails, Registration
from complaints.vocabulary import Channel, Outcome, Relation

_ZONE = ZoneInfo("Asia/Shanghai")
_ANSWERED_ELSEWHERE = "答复已在原系统中作出，此处只记录答复时间。"


class CitizenZh:
    """The answers themselves are not in the file, only when they were given."""

    system = "citizen_zh"
    columns = frozenset({"id", "complainant", "received_at", "subject", "description", "answered_at"})

    def read(self, row: Row) -> PastComplaint:
        """What the row says. Moments are in Shanghai's time. Raises BadRow."""
        received_at = self._moment(row, "received_at")
        answered_at = self._moment(row, "answered_at") if (row.get("answered_at") or "").strip() else None
        if answered_at is not None and answered_at < received_at:
            raise BadRow("answered_at lies before received_at")
        return PastComplaint(
            number=required(row, "id"),
            registration=Registration(
                subject=shortened(required(row, "subject"), MAX_SUBJECT),
                description=required(row, "description"),
                channel=Channel.WEB,
                language="zh-hans",
                received_at=received_at,
                complainant=ComplainantDetails(
                    name=(row.get("complainant") or "").strip()[:MAX_LINE], relation=Relation.CITIZEN
                ),
            ),
            answer=None
            if answered_at is None
            else PastAnswer(
                told_at=answered_at,
                outcome=Outcome.NO_FAULT,
                reasons=_ANSWERED_ELSEWHERE,
                message=_ANSWERED_ELSEWHERE,
            ),
        )

    @staticmethod
    def _moment(row: Row, column: str) -> datetime:
        value = required(row, column)
        for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"):
            try:
                return datetime.strptime(value, form).replace(tzinfo=_ZONE)
            except ValueError:
                continue
        raise BadRow(f"{column} is {value!r}, but must be a moment such as 2011-08-03 18:24:41")
