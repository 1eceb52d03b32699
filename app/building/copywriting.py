"""Puts together what writes marketing copy: the catalogue, the generic checks of generation, profiles and the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.domain.chat_model import ChatModel
    from app.domain.profile import Profile
    from app.domain.shop import Item
    from app.marketing import Copywriter
    from app.settings.customers import MarketingSettings


def build_copywriter(
    settings: MarketingSettings,
    *,
    item: Callable[[str], Item | None],
    profile: Callable[[str], Profile],
    chat_model: Callable[[], ChatModel | None],
) -> Copywriter:
    """The copywriter. Nothing is loaded yet.

    Args:
        settings: of marketing.
        item: one of the shop's, by its SKU.
        profile: what may be used of a customer for marketing; raises where they have not agreed to it.
        chat_model: the language model, asked for when a text wants it.
    """
    from app.marketing import Catalogue, Copywriter

    return Copywriter(
        Catalogue(settings.catalogue, item=item),
        quantity_faults,
        chat_model=chat_model,
        profile=profile,
        sender=settings.sender,
    )


def quantity_faults(claim: str, evidence: str) -> Sequence[str]:
    """Quantities that the evidence does not state, or that the claim limits the other way."""
    from app.generation.bounds import turned_bounds
    from app.generation.quantities import unsaid

    return [*unsaid(claim, evidence), *(quantity.text.strip() for quantity in turned_bounds(claim, evidence))]
