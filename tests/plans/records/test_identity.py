"""Identity documents: what is a number, how it is sealed, recognised and shown."""

import datetime as dt

import pytest

from apps.plans.services import identity

TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("first", "check"),
    [
        ("11010519491231002", "X"),
        ("44052418800101001", "4"),
        ("37030319850307001", "4"),
        ("37030319850307002", "2"),
        ("37030319850307009", "X"),
        ("37030319850307010", "3"),
    ],
)
def test_check_character_is_that_of_the_standard(first, check):
    expected = "10X98765432"[
        sum(int(d) * w for d, w in zip(first, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    ]
    assert identity.check_character(first) == expected
    if first.startswith(("1101", "4405")):  # the examples of GB 11643
        assert identity.check_character(first) == check


def test_number_is_kept_half_width_upper_case_and_without_spaces():
    assert identity.cleaned("resident", " 110105 19491231 002x ", TODAY) == "11010519491231002X"
    assert identity.cleaned("resident", "１１０１０５１９４９１２３１００２Ｘ", TODAY) == "11010519491231002X"
    assert identity.cleaned("passport", "e1234 5678", TODAY) == "E12345678"
    assert identity.cleaned("hong_kong_macao", "h12345678", TODAY) == "H12345678"
    assert identity.cleaned("taiwan", "12345678", TODAY) == "12345678"


@pytest.mark.parametrize(
    ("kind", "number", "says"),
    [
        ("resident", "110105194912310021", "校验码不符"),
        ("resident", "11010519491231002", "应为 18 位"),
        ("resident", "110105491231002", "应为 18 位"),
        ("resident", "X1010519491231002X", "应为 18 位"),
        ("resident", "990105194912310028", "地区代码"),
        ("resident", "110000194912310028", "地区代码"),
        ("resident", "110105194902300023", "出生日期不存在"),
        ("resident", "110105000012310021", "出生日期不存在"),
        ("resident", "110105189912310021", "合理范围"),
        ("resident", "110105202711220021", "合理范围"),
        ("resident", "١١٠١٠٥١٩٤٩١٢٣١٠٠٢٠", "应为 18 位"),
        ("passport", "E1", "护照"),
        ("passport", "E1234567/8", "护照"),
        ("hong_kong_macao", "A12345678", "港澳"),
        ("taiwan", "1234567", "台湾"),
    ],
)
def test_wrong_number_is_refused_without_being_repeated(kind, number, says):
    with pytest.raises(identity.IdentityInvalid) as refused:
        identity.cleaned(kind, number, TODAY)
    assert says in str(refused.value)
    assert number not in str(refused.value)


def test_child_born_today_has_a_number():
    first = f"370303{TODAY:%Y%m%d}001"
    assert identity.cleaned("resident", first + identity.check_character(first), TODAY)


@pytest.mark.parametrize(
    ("number", "shown"),
    [("11010519491231002X", "110*************2X"), ("E12345678", "E******78"), ("E1234", "E**34"), ("12", "**")],
)
def test_mask_hides_the_birth_date_and_most_of_the_rest(number, shown):
    assert identity.masked(number) == shown


def test_sealed_number_comes_back_and_is_never_sealed_alike():
    sealed = identity.seal("11010519491231002X")
    assert identity.unseal(sealed) == "11010519491231002X"
    assert identity.seal("11010519491231002X") != sealed
    assert "19491231" not in sealed


def test_altered_number_is_not_taken_for_one():
    sealed = identity.seal("11010519491231002X")
    last = "A" if sealed[-5] != "A" else "B"
    with pytest.raises(LookupError):
        identity.unseal(sealed[:-5] + last + sealed[-4:])


def test_new_key_in_front_seals_and_the_old_one_still_opens(settings):
    settings.FIELD_ENCRYPTION_KEY = "the-first-key"
    sealed, digest = identity.seal("E12345678"), identity.digest("passport", "E12345678")
    settings.FIELD_ENCRYPTION_KEY = "the-second-key, the-first-key"
    assert identity.unseal(sealed) == "E12345678"
    assert not identity.is_sealed_with_first_key(sealed)
    assert identity.is_sealed_with_first_key(identity.seal("E12345678"))
    assert identity.digest("passport", "E12345678") == digest
    settings.FIELD_ENCRYPTION_KEY = "the-second-key"
    with pytest.raises(LookupError):
        identity.unseal(sealed)


def test_digest_key_of_its_own_survives_the_oldest_key(settings):
    settings.FIELD_ENCRYPTION_KEY, settings.IDENTITY_DIGEST_KEY = "old", "digests"
    before = identity.digest("resident", "11010519491231002X")
    settings.FIELD_ENCRYPTION_KEY = "new"
    assert identity.digest("resident", "11010519491231002X") == before
    assert identity.digest("passport", "11010519491231002X") != before
