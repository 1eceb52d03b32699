"""The console in headless Chromium against a real service, in a process of its own, with real documents."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.console_page import ConsolePage
from tests.live import ROOT, LiveService, clean_environment, serving

pytestmark = pytest.mark.browser

VIEWS = {
    "home": "首页",
    "inbox": "收件箱",
    "knowledge": "知识库",
    "knowledge/generations": "知识库",
    "knowledge/conflicts": "知识库",
    "knowledge/preview": "知识库",
    "search?q=退货": "检索测试",
    "copy": "文案",
    "gaps": "知识缺口",
    "warehouse": "仓库",
    "warehouse/slots": "仓库",
    "warehouse/signals": "仓库",
    "warehouse/picking": "仓库",
    "warehouse/delivery": "仓库",
    "questions": "问题记录",
    "evaluations": "评测",
    "experiments": "实验",
    "learning": "学习",
    "reports": "周报",
    "models": "模型",
    "flows": "对话流程",
    "widget": "网页组件",
    "keys": "密钥",
    "settings": "设置",
    "health": "健康检查",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveService]:
    folder = tmp_path_factory.mktemp("console")
    environment = clean_environment(folder, KEFU_SERVER__REQUESTS_PER_MINUTE="100000")
    with serving(folder, documents=ROOT / "knowledge" / "zh" / "returns", environment=environment) as live:
        yield live


@pytest.fixture
def opened(browser: Browser, service: LiveService) -> Iterator[Callable[..., ConsolePage]]:
    """Opens the console, signed in; whatever the browser complains about fails the test."""
    made: list[ConsolePage] = []

    def make(address: str | None = None, *, key: str | None = None, **options: Any) -> ConsolePage:
        console = ConsolePage(browser, service, **options)
        made.append(console)
        console.sign_in(key)
        if address is not None:
            console.open(address)
        return console

    yield make
    for console in made:
        console.close()
    assert [text for console in made for text in console.unexpected()] == []


def settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    expect(page.locator("#main .bones")).to_have_count(0)


def test_every_page_opens_by_its_address_and_has_no_serious_fault(opened: Callable[..., ConsolePage]) -> None:
    console = opened()
    faults: list[str] = []
    for address, title in VIEWS.items():
        page = console.open(address)
        expect(page.locator("#main h1")).to_have_text(title)
        expect(page.locator("#main .bones")).to_have_count(0)
        faults += [f"{address}: {fault}" for fault in console.serious_faults()]

    assert faults == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_nothing_is_wider_than_the_window(opened: Callable[..., ConsolePage], width: int, theme: str) -> None:
    console = opened(viewport={"width": width, "height": 800}, color_scheme=theme)
    shots, wide = os.environ.get("KEFU_TEST_SHOTS"), []
    for address in VIEWS:
        page = console.open(address)
        expect(page.locator("#main .bones")).to_have_count(0)
        if shots:
            page.screenshot(path=f"{shots}/{address.split('?')[0].replace('/', '-')}-{theme}-{width}.png")
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        inside = page.evaluate("(main => main.scrollWidth - main.clientWidth)(document.querySelector('#main'))")
        if max(over, inside) > 0:
            wide.append(address)
    faults = console.serious_faults() if theme == "dark" else []

    assert (wide, faults) == ([], [])


def test_a_wrong_key_is_told_and_the_door_has_no_serious_fault(browser: Browser, service: LiveService) -> None:
    console = ConsolePage(browser, service)
    page = console.page
    page.goto(f"{service.url}/console#/keys")
    page.locator("#key").fill("kefu_wrong")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("密钥无效")
    assert console.serious_faults() == []
    page.locator("#key").fill(service.admin_key)
    page.keyboard.press("Enter")
    expect(page.locator("#main h1")).to_have_text("密钥")
    page.reload()
    expect(page.locator("#main h1")).to_have_text("密钥")
    page.get_by_role("button", name="退出登录").click()
    expect(page.locator("#key")).to_be_visible()
    console.close()


def test_scopes_decide_which_pages_there_are(opened: Callable[..., ConsolePage]) -> None:
    admin = opened("keys").page
    admin.get_by_role("button", name="新建密钥").click()
    dialog = admin.get_by_role("dialog", name="新建密钥")
    dialog.get_by_label("名称").fill("小李")
    dialog.get_by_label("search").check()
    dialog.get_by_role("button", name="新建密钥").click()
    token = dialog.locator(".token").inner_text()
    dialog.get_by_role("button", name="完成").click()
    expect(admin.get_by_role("table")).to_contain_text("小李")

    page = opened(key=token).page

    expect(page.locator("#main h1")).to_have_text("检索测试")
    assert page.locator(".menu-link").all_inner_texts() == ["检索测试"]


def test_revoking_waits_until_it_was_not_undone(opened: Callable[..., ConsolePage]) -> None:
    page = opened("keys?create=1").page
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("名称").fill("临时")
    dialog.get_by_role("button", name="新建密钥").click()
    dialog.get_by_role("button", name="完成").click()
    row = page.get_by_role("row").filter(has_text="临时")

    row.get_by_role("button").click()
    expect(row).to_contain_text("即将吊销")
    page.get_by_role("button", name="撤销").click()

    expect(row).to_contain_text("有效")
    row.get_by_role("button").click()
    expect(row).to_contain_text("吊销", timeout=15_000)
    with page.expect_response(lambda response: response.request.method == "DELETE", timeout=15_000) as reply:
        pass
    assert reply.value.status == 204


def test_a_file_is_uploaded_found_and_read_beside_its_source(
    opened: Callable[..., ConsolePage], tmp_path: Path
) -> None:
    page = opened("knowledge").page
    good, bad = tmp_path / "宠物用品.md", tmp_path / "空.exe"
    good.write_text("# 宠物用品\n\n## 猫砂\n\n猫砂拆封后不支持退货。未拆封的猫砂七日内可以退货。\n", encoding="utf-8")
    bad.write_bytes(b"MZ\x00")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="上传").first.click()
    chooser.value.set_files([good, bad])

    tray = page.locator(".upload-tray")
    expect(tray.get_by_role("listitem").filter(has_text="宠物用品.md")).to_contain_text("可用", timeout=60_000)
    expect(tray.get_by_role("listitem").filter(has_text="空.exe")).to_contain_text("未接受")
    page.get_by_label("按标题或文件名筛选").fill("宠物")
    page.get_by_role("option").filter(has_text="宠物用品").click()
    expect(page.locator("#main h1")).to_have_text("宠物用品")
    expect(page.locator(".source-text mark")).to_contain_text("猫砂拆封后不支持退货")

    page.goto(page.url.split("#")[0] + "#/search?q=猫砂拆封后能退吗")
    expect(page.locator(".hit").first).to_contain_text("猫砂")
    expect(page.locator(".hit").first.locator(".stage").first).to_be_visible()


def test_a_found_question_becomes_a_test_case(opened: Callable[..., ConsolePage], service: LiveService) -> None:
    page = opened("search?q=七天无理由退货运费谁出").page
    page.locator(".hit").first.get_by_role("button", name="正确来源").click()
    page.get_by_role("button", name="存为测试用例").click()
    dialog = page.get_by_role("dialog", name="存为测试用例")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_role("alert")).to_contain_text("必须包含")
    dialog.get_by_label("正确回答必须包含").fill("买家承担 | 买家付")
    dialog.get_by_role("button", name="保存").click()

    expect(page.locator(".case")).to_contain_text("七天无理由退货运费谁出")
    kept = (service.folder / "var" / "evaluation" / "cases" / "queries.jsonl").read_text(encoding="utf-8")
    assert '"must_include": [["买家承担", "买家付"]]' in kept


def test_an_earlier_generation_serves_again_and_back(opened: Callable[..., ConsolePage], tmp_path: Path) -> None:
    page = opened("knowledge").page
    extra = tmp_path / "礼品卡.md"
    extra.write_text("# 礼品卡\n\n礼品卡售出后不退不换，有效期三年。\n", encoding="utf-8")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="上传").first.click()
    chooser.value.set_files(extra)
    expect(page.locator(".upload-tray")).to_contain_text("可用", timeout=60_000)

    page.get_by_role("link", name="版本").click()
    rows = page.locator("tbody tr")
    newest = rows.first.locator("code").inner_text()
    rows.nth(1).get_by_role("button").click()
    expect(page.locator(".toast")).to_contain_text("现在使用版本")
    expect(rows.first).not_to_contain_text("使用中")
    page.get_by_role("button", name="撤销").click()

    expect(rows.first).to_contain_text("使用中")
    expect(rows.first).to_contain_text(newest)


def test_a_preview_says_what_would_change_and_changes_nothing(opened: Callable[..., ConsolePage]) -> None:
    page = opened("knowledge/preview").page

    page.get_by_role("button", name="预览").click()

    expect(page.locator(".figure").filter(has_text="未变")).to_be_visible(timeout=60_000)


def test_an_answer_is_explained(opened: Callable[..., ConsolePage], service: LiveService) -> None:
    console = opened("home")
    page = console.page
    page.evaluate(
        """() => fetch('/v1/session', {method: 'POST'}).then(() => fetch('/v1/chat', {method: 'POST',
        headers: {'Content-Type': 'application/json'}, body: JSON.stringify({message: '无理由退货的运费谁承担？'})}))"""
    )
    console.open("questions")
    page.locator(".list-button").filter(has_text="无理由退货的运费谁承担").first.click()

    expect(page.locator(".split-main blockquote").first).to_contain_text("买家承担")
    expect(page.locator(".split-main .notice")).to_be_visible()
    expect(page.locator(".split-main .reason").first).to_be_visible()
    assert console.serious_faults() == []


def test_language_switches_without_a_reload_and_keeps_what_was_typed(opened: Callable[..., ConsolePage]) -> None:
    page = opened("search").page
    page.get_by_label("问题").fill("半句话")
    page.evaluate("window.stays = true")

    page.get_by_role("button", name="Switch to English").click()

    expect(page.locator("#main h1")).to_have_text("Search test")
    expect(page.get_by_label("Question")).to_have_value("半句话")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.evaluate("window.stays") is True
    page.reload()
    expect(page.locator("#main h1")).to_have_text("Search test")


def test_everything_can_be_reached_by_keyboard(opened: Callable[..., ConsolePage]) -> None:
    console = opened("home")
    page = console.page
    settled(page)

    page.keyboard.press("Control+k")
    page.keyboard.type("Documents of keys")  # no command: a search is offered
    expect(page.get_by_role("option")).to_contain_text("检索")
    page.keyboard.press("Control+a")
    page.keyboard.type("密钥")
    assert console.serious_faults() == []
    page.keyboard.press("Enter")
    expect(page.locator("#main h1")).to_have_text("密钥")

    page.keyboard.press("g")
    page.keyboard.press("k")
    expect(page.locator("#main h1")).to_have_text("知识库")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("option").nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator(".source-text mark")).to_be_visible()

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_enter_that_picks_a_candidate_of_an_input_method_does_not_run_a_command(
    opened: Callable[..., ConsolePage],
) -> None:
    page = opened("home").page
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox")
    press = """(node, options) => node.dispatchEvent(
        new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, ...options}))"""

    field.evaluate(press, {"isComposing": True})
    field.evaluate(press, {"keyCode": 229})
    expect(page.locator(".palette")).to_be_visible()
    field.evaluate(press, {})

    expect(page.locator(".palette")).to_have_count(0)


def test_on_a_phone_the_menu_opens_and_closes(opened: Callable[..., ConsolePage]) -> None:
    page = opened("home", viewport={"width": 360, "height": 740}).page
    menu = page.get_by_role("button", name="菜单")

    menu.click()
    page.get_by_role("link", name="设置").click()

    expect(page.locator("#main h1")).to_have_text("设置")
    expect(menu).to_have_attribute("aria-expanded", "false")
