"""A shop of a few rules, and a finder that finds what it was told to."""

from collections.abc import Sequence

from app.assistant.finding import Finding, Look
from app.domain import Evidence, renumbered
from index.text.sentences import split_sentences
from index.types import Passage
from tests.fakes import passage


def rules(text: str, document: str) -> Passage:
    return passage(text, f"{document}#1", sentences=tuple(split_sentences(text)))


RETURNS = rules(
    "签收后七天内可以无理由退货。但定制商品除外。质量问题退货的运费由商家承担。退款在三个工作日内原路返回。",
    "zh/退货.md",
)
FRESH = rules("生鲜可以退吗？不能。生鲜须在签收后24小时内拍照反馈。逾期不予受理。", "zh/生鲜.md")
SHIPPING = rules("Parcels are sent within two days. Unless they are oversized. Sundays do not count.", "en/shipping.md")

CARDS = rules(
    "E-cards are final once the mail was opened. If you send goods back, the money returns to the card.",
    "en/gift cards.md",
)
LAMP = rules("sku: A1；名称: 吊灯；价格: 568；库存: 19；重量: 3.2", "catalogue/products.csv")


def piece(of: Passage, first: int, last: int, score: float = 0.0) -> Evidence:
    return Evidence(0, of, first, last, score)


class Shop:
    """All that is looked up of an index here."""

    def passages_of(self, document_id: str) -> Sequence[Passage]:
        return [item for item in (RETURNS, FRESH, SHIPPING, CARDS, LAMP) if item.document_id == document_id]


class FixedFinder:
    """Finds the same for every question, without a reader; says what it was asked."""

    def __init__(self, evidence: Sequence[Evidence]) -> None:
        self.evidence, self.asked = tuple(renumbered(evidence)), []

    def find_all(self, questions, query, source, *, room=1.0):
        self.asked += questions
        return [Finding(self.evidence, 0.9, look=Look((), self.evidence, None)) for _ in questions]
