"""A reranker of a company's own: the scorer that comes with kefu, with what its customers taught on top."""

from app.training.reranker.fitting import FittedReranker, RerankerParams, fit_reranker
from app.training.reranker.judgements import Judgement, judgements_of, read_judgements

__all__ = ["FittedReranker", "Judgement", "RerankerParams", "fit_reranker", "judgements_of", "read_judgements"]
