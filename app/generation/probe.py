"""Asks a model, before it writes, whether the sources hold the answer, and reads how sure it is.

A small model writes an answer from whatever it is given, and says "yes" when it is asked whether it can: the word that
it chooses tells little, how much likelier that word was than its opposite tells a lot.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from app.domain import Judged, Probe
from index.types import Language

PROBES: Mapping[Language, Probe] = {
    "zh": Probe(
        "\n\n先不要回答。只判断:资料里有没有写明这个问题的答案?只答“有”或“没有”。",
        yes=("有", "是"),
        no=("没", "无", "否", "不"),
    ),
    "en": Probe(
        "\n\nDo not answer yet. Only judge: do the sources state the answer to this question? "
        'Reply only "yes" or "no".',
        yes=("yes",),
        no=("no",),
    ),
}
LOG_ODDS = "kefu_log_odds"
"""Key in the metadata of a LangChain chunk without text that answers a probe."""
LIKELIEST = 20
"""Tokens whose probabilities are asked for; what servers allow."""
_RARE = math.exp(-9.0)
"""Probability of an answer that is not among them."""


def log_odds(likely: Mapping[str, float], probe: Probe) -> Judged:
    """The answer to a probe, by the logarithms of the probabilities of the likeliest first tokens."""
    yes, no = (_share(likely, begins) for begins in (probe.yes, probe.no))
    return Judged(math.log(yes) - math.log(no))


def _share(likely: Mapping[str, float], begins: tuple[str, ...]) -> float:
    total = sum(math.exp(value) for token, value in likely.items() if token.strip().lower().startswith(begins))
    return max(total, _RARE)
