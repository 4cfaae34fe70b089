"""The public page of a rulebook says what the text asks of training, each with its article."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.citations import cite
from apps.portal.rulebook_page import PART_LABELS

pytestmark = pytest.mark.django_db


def _panel(client: Client, key: str, name: str) -> str:
    page = client.get(reverse("portal:rulebook", args=[key])).content.decode()
    found = re.search(rf'<section class="panel" id="{name}">(.*?)</section>', page, re.DOTALL)
    assert found
    return "".join(strip_tags(found.group(1)).split())


@pytest.mark.parametrize("key", [rulebook.key for rulebook in registry.all()])
def test_training_panel_names_the_article_of_each_rule(client: Client, key: str) -> None:
    one, panel = registry.by_key(key), _panel(client, key, "training")
    assert f"收费{cite(one.fees.article)}{one.fees.summary}" in panel
    assert f"按{one.credit.label}登记{cite(one.credit.article)}{one.credit.summary}" in panel
    asked = [item for item in one.archive if item.basis_article]
    assert f"培训档案{cite(str(asked[0].basis_article))}{'、'.join(item.label for item in asked)}" in panel
    customary = "、".join(item.label for item in one.archive if not item.basis_article)
    assert (f"按惯例另存{customary}（文本未作要求）" in panel) is bool(customary)
    assert ("按惯例另存" in panel) is bool(customary)


def test_training_panel_says_whom_the_text_favours(client: Client) -> None:
    told = "向四类地区倾斜：革命老区、民族地区、边远地区、欠发达地区"
    assert told in _panel(client, "sichuan_draft", "training")
    assert "公益培训第十二条受委托的公共服务项目不得推辞，公益培训对各方平等开放收费" in _panel(
        client, "zibo_2025", "training"
    )
    assert "公益培训文本没有规定" in _panel(client, "weihai_2019", "training")


def test_only_the_text_that_asks_for_it_shows_the_assessment_group(client: Client) -> None:
    shown = [one.key for one in registry.all() if "评估小组（" in _panel(client, one.key, "plan")]
    assert shown == ["national_2013"]


def test_evaluations_published_under_their_own_article(client: Client) -> None:
    assert "评估结果公布（第二十三条第一款）" in _panel(client, "sichuan_draft", "inspection")
    assert "评估结果公布" not in _panel(client, "national_2013", "inspection")


def test_change_lists_the_particulars(client: Client) -> None:
    assert "信息变更（第二十七条）：机构名称、隶属关系、联系方式、其他重要信息，变更后及时报告市局" in _panel(
        client, "weihai_2019", "inspection"
    )


def test_every_part_an_article_carries_has_a_label() -> None:
    parts = {
        part.split(".")[0] for one in registry.all() for article in one.articles for part in article.implemented_by
    }
    assert parts == set(PART_LABELS)
