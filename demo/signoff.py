"""Whose signatures the demo office wants, and up to which amount each role decides. (Missions M15 and M16.)

The return of goods as shops have it: shop manager, key-account manager and control room, three people, one after the
other, each with their part of the checklist, before anything is carried out (S4-29 to S4-39).
"""

from collections.abc import Mapping
from decimal import Decimal

from accounts.models import Department, User
from accounts.roles import Role
from complaints.remedying import RemedyKind
from complaints.services import signoff_rules
from complaints.services.signoff_rules import CheckDraft, PartyDraft, RuleDraft
from complaints.vocabulary import Priority

LIMITS: Mapping[str, Mapping[Role, int]] = {
    "TWD": {Role.HANDLER: 2_000, Role.SUPERVISOR: 10_000, Role.MANAGER: 50_000, Role.SPECIALIST: 100_000},
    "CNY": {Role.HANDLER: 500, Role.SUPERVISOR: 2_500, Role.MANAGER: 12_000, Role.SPECIALIST: 25_000},
}
"""Up to which amount each role decides alone; the executive about everything."""


def keep_rules(places: Mapping[str, Department], *, by: User) -> None:
    """Write the rules and the limits down, as an administrator does."""
    signoff_rules.add_rule(by=by, code="return-of-goods", draft=_return_of_goods(places))
    signoff_rules.add_rule(by=by, code="major", draft=_major())
    for currency, amounts in LIMITS.items():
        for role, amount in amounts.items():
            signoff_rules.set_limit(by=by, role=role, currency=currency, amount=Decimal(amount))


def _return_of_goods(places: Mapping[str, Department]) -> RuleDraft:
    return RuleDraft(
        name="Return or exchange of goods",
        translations={"zh-hant": "退換商品三方確認", "zh-hans": "退换商品三方确认"},
        position=10,
        kinds=[RemedyKind.RETURN, RemedyKind.EXCHANGE],
        in_order=True,
        parties=[
            PartyDraft(
                "Control room",
                department=places["control-room"],
                translations={"zh-hant": "監控室", "zh-hans": "监控室"},
            ),
            PartyDraft("Shop manager", Role.MANAGER, translations={"zh-hant": "門市經理", "zh-hans": "门店经理"}),
            PartyDraft(
                "Key-account manager",
                Role.MANAGER,
                places["key-accounts"],
                translations={"zh-hant": "大客戶部經理", "zh-hans": "大客户部经理"},
            ),
        ],
        checks=[
            _check(
                1,
                "The video shows that the goods did not leave the counter before the complaint",
                "監視錄影顯示商品未離開櫃檯",
                "监控录像显示商品未离开柜台",
            ),
            _check(1, "The goods were in sight all the time", "商品一直在視線範圍之內", "商品一直在视线范围之内"),
            _check(2, "The goods were sold by this shop", "確認是本店售出的商品", "确认是本店售出的商品"),
            _check(
                2,
                "The code on the goods is the one in the shop's register",
                "商品上的噴碼與本店登記簿一致",
                "商品上的喷码与本店登记簿一致",
            ),
            _check(
                2,
                "The packaging is whole: the goods can be sold again, or the defect is written down",
                "包裝完整可再次銷售，或已記錄瑕疵",
                "包装完整可再次销售，或已记录瑕疵",
            ),
            _check(3, "The record of the return is complete", "退換紀錄完整", "退换记录完整"),
        ],
    )


def _check(party: int, text: str, traditional: str, simplified: str) -> CheckDraft:
    return CheckDraft(text, party, {"zh-hant": traditional, "zh-hans": simplified})


def _major() -> RuleDraft:
    return RuleDraft(
        name="Everything about a major complaint",
        translations={"zh-hant": "重大投訴的一切方案", "zh-hans": "重大投诉的一切方案"},
        position=20,
        priorities=[Priority.MAJOR],
        parties=[
            PartyDraft(
                "Head of the department",
                Role.MANAGER,
                translations={"zh-hant": "部門負責人", "zh-hans": "部门负责人"},
            ),
            PartyDraft("Executive", Role.EXECUTIVE, translations={"zh-hant": "總公司主管", "zh-hans": "总公司主管"}),
        ],
    )
