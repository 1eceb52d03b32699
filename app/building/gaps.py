"""Puts together what finds gaps in the knowledge base."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.database import Database
    from app.insight.events import ServiceEvents
    from app.insight.gaps.desk import GapDesk, Publish
    from app.insight.gaps.mining import Holds
    from app.settings.groups import GapSettings
    from index.ports import Embedder


def build_gap_desk(
    settings: GapSettings,
    *,
    database: Database,
    events: ServiceEvents,
    embedder: Embedder,
    knows_embedder: bool,
    holds: Holds,
    publish: Publish,
) -> GapDesk:
    """The desk. Nothing is loaded yet.

    Args:
        settings: of gaps.
        database: where gaps are kept.
        events: the log.
        embedder: of questions.
        knows_embedder: whether it is the one that the weights for small talk are for.
        holds: looks up in the base what agents say.
        publish: brings articles into it.
    """
    from app.insight.gaps.desk import GapDesk
    from app.insight.gaps.drafting import Drafter
    from app.insight.gaps.mining import GapMiner, MiningParams
    from app.insight.gaps.shop_talk import ShopTalk
    from app.insight.gaps.space import QuestionVectors
    from app.insight.gaps.store import GapStore

    vectors = QuestionVectors(embedder, database)
    miner = GapMiner(
        vectors,
        shop_talk=ShopTalk.shipped() if knows_embedder else None,
        holds=holds,
        params=MiningParams(fewest=settings.fewest),
    )
    drafter = Drafter(embedder.embed_queries)
    return GapDesk(events, GapStore(database), miner, drafter, publish, vectors=vectors, days=settings.days)
