"""What is personal, by its check digits where there are any."""

import pytest

from automl_assist.profile.privacy import is_card, is_email, is_iban, is_personal, is_phone, quote


@pytest.mark.parametrize("text", ["4111 1111 1111 1111", "5500005555555559", "4111-1111-1111-1111", "378282246310005"])
def test_cards(text):
    assert is_card(text)


@pytest.mark.parametrize("text", ["4111 1111 1111 1112", "1234567890123456", "4111", "0000000000000000", "356938035643809", "2020-01-01"])
def test_no_cards(text):
    assert not is_card(text)


def test_accounts_addresses_phones():
    assert is_iban("DE89370400440532013000")
    assert is_iban("GB29 NWBK 6016 1331 9268 19")
    assert not is_iban("DE89370400440532013001")
    assert is_email("ann.b+c@mail.example.org")
    assert not is_email("ann at example")
    assert is_phone("+49 30 1234567")
    assert is_phone("(555) 123-4567")
    assert not is_phone("1234567")
    assert not is_phone("2021-05-06")


def test_quoting():
    assert quote(["n/a", "a@example.org", "x" * 31, "\x1b[0m", "it's"]) == "'n/a', '\\x1b[0m', \"it's\""
    assert quote(["a", "b", "c", "d"]) == "'a', 'b', 'c', ..."
    assert is_personal("write to ann@example.org")
