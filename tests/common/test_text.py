"""What a text can be found by."""

import pytest

from common.text import fold, query_terms, search_terms


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("iPhone退款", "退款"),
        ("iPhone退款", "iphone"),
        ("退款iPhone", "款"),
        ("我要iPhone 15退費", "退费"),
        ("台灣大哥大", "台湾"),
        ("ＡＢＣ公司", "abc"),
        ("A-1024號發票", "a-1024"),
        ("O'Neil投訴", "投诉"),
        ("3天沒人回覆", "3"),
    ],
)
def test_each_word_is_found_wherever_one_script_meets_the_other(text, query):
    assert set(query_terms(query)) <= set(search_terms(text))
    assert query_terms(query)


@pytest.mark.parametrize(("text", "query"), [("退貨和付款", "退款"), ("iPhone退款", "phone"), ("Refund", "退款")])
def test_what_is_not_there_is_not_found(text, query):
    assert not set(query_terms(query)) <= set(search_terms(text))


def test_folding_makes_one_spelling_of_many():
    assert fold("ＩＰｈｏｎｅ 退費") == "iphone 退费"
