import re
from html.parser import HTMLParser

from app.evaluation.markup import Markup, element
from app.evaluation.page import page_of, write_page
from app.evaluation.sections import Shown
from tests.unit.evaluation.samples import question_of, result_of

HOSTILE = '<script>alert(1)</script>"\' onload="x" &lt; </title></style>'


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_text_and_attributes_are_escaped_and_markup_is_not():
    found = element("p", "a < b", Markup("<br>"), None, ["&", element("i", '"')], class_='x" y', title=None)

    assert str(found) == '<p class="x&quot; y">a &lt; b<br>&amp;<i>&quot;</i></p>'


def test_no_text_of_a_question_an_answer_or_a_document_becomes_markup():
    hostile = question_of(
        HOSTILE,
        right=False,
        text=HOSTILE,
        type=HOSTILE,
        language=HOSTILE,
        expected={"answer": HOSTILE, "must_include": [[HOSTILE]], "documents": [HOSTILE], "decline": True},
        answer={
            "text": HOSTILE,
            "status": HOSTILE,
            "confidence": HOSTILE,
            "model": HOSTILE,
            "citations": [{"marker": HOSTILE, "document_id": HOSTILE, "quote": HOSTILE}],
        },
        retrieved=(Shown.of(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        faults=(HOSTILE,),
    )

    page = page_of(
        result_of(hostile, question_of("q", right=True), name=HOSTILE, mode=HOSTILE, written_by={HOSTILE: 1})
    )

    tags = Tags(page)
    assert "script" not in tags.tags
    assert tags.tags.count("title") == tags.tags.count("style") == 1
    assert tags.open == []
    assert not [name for name, _ in tags.attributes if name.startswith("on")]
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 14


def test_the_page_needs_nothing_else_and_forbids_it():
    page = page_of(result_of(question_of("q", right=False)))

    assert not re.findall(r"""(?:src|href)=["'](?!#)""", page)
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src &#x27;none&#x27;" in page
    assert "width=device-width" in page
    assert "prefers-color-scheme: dark" in page


def test_figures_failures_and_groups_are_there():
    page = page_of(
        result_of(
            question_of("q1", right=False), question_of("q2", right=True, language="en", text="Nothing wrong here?")
        )
    )

    assert "50.0%" in page
    assert "9.5–90.5" in page  # Wilson of 1 in 2
    assert "By language" in page
    assert "By type" not in page
    assert "To look at: 1 of 2 questions" in page
    assert "7天 / 七天" in page
    assert "几天内能退？" in page
    assert "Nothing wrong here?" not in page


def test_failures_that_fail_most_come_first_and_a_long_list_is_cut():
    questions = [question_of(f"q{n}", right=False, text=f"问题{n}。") for n in range(305)]
    worst = question_of("worst", right=False, text="最差。")
    worst = question_of("worst", right=False, text="最差。", scores={**worst.scores, "cited": False})

    page = page_of(result_of(*questions, worst))

    assert page.index("最差。") < page.index("问题0。")
    assert "6 more are in result.json" in page
    assert "问题299。" not in page


def test_half_a_surrogate_pair_cannot_stop_the_report(tmp_path):
    path = write_page(result_of(question_of("q", right=False, faults=("\ud800",))), tmp_path)

    assert path.name == "report.html"
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
