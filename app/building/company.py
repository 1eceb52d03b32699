"""What a company brings and what its customers send: records, rules, actions, messages, pictures and voice.

Everything here is built on first use and knows nothing of answers; `app.building.container` joins the two.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.building.promotion import Promotion

if TYPE_CHECKING:
    from app.actions import ActionGate
    from app.actions.ledger import Ledger
    from app.dialogue import DialogueEngine
    from app.dialogue.check import Vocabulary
    from app.domain.shop import Item, Shop
    from app.experiments import Experiments
    from app.feedback.store import FeedbackStore
    from app.feedback.surveys import Surveys
    from app.insight.events import ServiceEvents
    from app.insight.metrics import ServiceMetrics
    from app.multimodal import PictureReader, Transcriber
    from app.policy import Policy
    from app.profiles import Profiles
    from app.recommendation.events import BehaviourLog
    from app.recommendation.model import Model
    from app.recommendation.nightly import Refit
    from app.recommendation.placement import Placement
    from app.recommendation.recommending import ShopRecommender
    from app.recommendation.registry import Registry
    from app.recommendation.switches import RuleSwitches
    from app.served import CanaryWatch
    from app.understanding import Classifier, MessageUnderstander, SlotFinder
    from app.warehouse.delivery import Deliveries

logger = logging.getLogger(__name__)

_MIB = 2**20


class Company(Promotion):
    """Records, understanding and actions of one process; safe to share between threads."""

    @cached_property
    def deliveries(self) -> Deliveries:
        """Plans of the couriers' days."""
        from app.warehouse.delivery import Deliveries

        return Deliveries(self.database)

    @property
    def flow_vocabulary(self) -> Vocabulary:
        """What flows may speak of."""
        from app.actions import ACTIONS
        from app.dialogue.check import Vocabulary

        return Vocabulary.of(None, [action.spec for action in ACTIONS.values()])

    @cached_property
    def dialogue(self) -> DialogueEngine:
        """Takes conversations over several turns. Raises `FlowsInvalid`."""
        from app.dialogue import DialogueEngine, DialogueParams, FlowLibrary

        settings = self.settings.dialogue
        library = FlowLibrary.load(settings.flows, vocabulary=self.flow_vocabulary)
        return DialogueEngine(library, params=DialogueParams(max_failures=settings.max_failures))

    @cached_property
    def shop(self) -> Shop:
        """The company's customers, products and orders."""
        from app.orders import RestShop, SqlShop

        settings = self.settings.shop
        if not settings.url:
            return SqlShop(self.database)
        return RestShop(settings.url, api_key=settings.api_key.get_secret_value(), timeout_s=settings.timeout_s)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """What the shop sells, as it was when it was first asked; none where the shop cannot list it."""
        from app.orders import SqlShop

        return tuple(self.shop.every_item()) if isinstance(self.shop, SqlShop) else ()

    def tier_of(self, customer_id: str) -> str:
        """A customer's membership; "" where there is none, or the shop does not answer."""
        from app.orders.errors import ShopError

        try:
            customer = self.shop.customer(customer_id)
        except ShopError:
            logger.warning("the shop did not say which membership a customer has")
            return ""
        return customer.tier if customer is not None else ""

    @cached_property
    def profiles(self) -> Profiles:
        """What customers let the assistant know about them."""
        from app.profiles import Profiles

        return Profiles(self.database, self.shop)

    def customer_facts(self, customer_id: str) -> Mapping[str, Any]:
        """What a customer has agreed that agents see of them; {} for nothing, or where the shop does not answer."""
        from app.orders.errors import ShopError
        from app.profiles.errors import CustomerUnknown

        try:
            return self.profiles.for_agents(customer_id)
        except CustomerUnknown:
            return {}
        except ShopError:
            logger.warning("the shop did not say what agents may see of a customer")
            return {}

    @cached_property
    def policy(self) -> Policy:
        """The company's rules; whatever is asked for goes to a person while there are none. Raises `RulesInvalid`."""
        from app.policy import NO_RULES, Policy, read_rules
        from app.policy.errors import RulesMissing

        try:
            return Policy(read_rules(self.settings.policy.rules))
        except RulesMissing as error:
            logger.warning("%s Until then a person decides.", error.message)
            return Policy(NO_RULES)

    @cached_property
    def actions(self) -> ActionGate:
        """Does what customers ask for."""
        return self.actions_over(self.shop)

    def actions_over(self, shop: Shop) -> ActionGate:
        """As `actions`, over another shop."""
        from app.actions import ActionGate

        recommender = self.placement("dialogue") if self.settings.recommendation.enabled else None
        return ActionGate(shop, self.policy, self.database, recommender=recommender, arrivals=self.deliveries)

    @cached_property
    def action_log(self) -> Ledger:
        """What was asked for and done."""
        from app.actions.ledger import Ledger

        return Ledger(self.database)

    @property
    def reports_folder(self) -> Path:
        """Where the weekly reports lie, by week."""
        return self.settings.home / "reports"

    @cached_property
    def canary_watch(self) -> CanaryWatch:
        """Takes back models on trial that harm customers."""
        from app.served import CanaryWatch
        from app.served.alarms import AlarmParams

        settings = self.settings.learning
        params = AlarmParams(alpha=settings.false_alarms, planned=settings.trial_conversations)
        return CanaryWatch(self.served_models, self.events.between, params=params)

    @cached_property
    def understander(self) -> MessageUnderstander:
        """Makes sense of messages."""
        return self.understander_with()

    def understander_with(
        self,
        *,
        model: Path | None = None,
        today: Callable[[], date] = date.today,
        products: Iterable[str | Sequence[str]] = (),
    ) -> MessageUnderstander:
        """As `understander`, with another classifier, another day, and the names of the shop's products.

        Raises `ClassifierMissing`, `ClassifierDamaged` or `ClassifierForeign` for a classifier that cannot be used.
        """
        from app.understanding import INTENTS, MessageUnderstander, MoodReader, load_classifier, shipped_classifier

        settings, embedder = self.settings.understanding, self.embedder
        folder = model or (settings.intents.expanduser() if settings.intents else None)
        shipped = shipped_classifier(INTENTS)
        is_known = embedder.embedder_id == shipped.embedder_id
        if not is_known and folder is None:
            logger.warning("intents are told by words alone: the classifier that comes with kefu does not know this "
                           "embedder; `kefu train intents` makes one that does")  # fmt: skip
        intents = shipped if folder is None else load_classifier(folder, embedder_id=embedder.embedder_id)
        return MessageUnderstander(
            intents if model is not None else self._promoted_intents(intents),
            moods=MoodReader.shipped(),
            slots=self.slot_finder(products),
            embedder=embedder,
            today=today,
        )

    def _promoted_intents(self, otherwise: Classifier) -> Classifier | Callable[[], Classifier]:
        """The classifier that was promoted, or is on trial, for the conversation that is served."""
        from app.served import Reloading
        from app.understanding import load_classifier

        if not self._may_be_promoted:
            return otherwise
        embedder_id = self.embedder.embedder_id
        return Reloading(
            self.served_models,
            "intents",
            lambda folder: load_classifier(folder, embedder_id=embedder_id),
            lambda: otherwise,
        )

    def _recommender_model(self) -> Model:
        """As `query_map`, of the model that recommends. Raises `RecommenderMissing` or `RecommenderDamaged`."""
        return self._promoted_recommender() if self._may_be_promoted else self.recommenders.current()

    @cached_property
    def _promoted_recommender(self) -> Callable[[], Model]:
        from app.recommendation.model import Model
        from app.served import Reloading

        return Reloading(self.served_models, "recommender", Model.load, self.recommenders.current)

    def slot_finder(self, products: Iterable[str | Sequence[str]] = ()) -> SlotFinder:
        """Finds what messages name, as the company writes it."""
        from app.understanding import Catalogue, CodePatterns, SlotFinder

        settings = self.settings.understanding
        return SlotFinder(
            codes=CodePatterns(settings.order_numbers, settings.skus),
            catalogue=Catalogue(products),
            regions=settings.regions,
            currency=settings.currency,
        )

    @cached_property
    def behaviour(self) -> BehaviourLog:
        """What customers do in the shop, and what was recommended to them."""
        from app.recommendation.events import BehaviourLog

        return BehaviourLog(self.database)

    @cached_property
    def recommenders(self) -> Registry:
        """Models of recommendation, and which one is in use."""
        from app.recommendation.registry import Registry

        return Registry(self.settings.home / "recommenders")

    @cached_property
    def recommendation_rules(self) -> RuleSwitches:
        """Which rules of recommendation are off."""
        from app.recommendation.switches import RuleSwitches

        return RuleSwitches(self.settings.home / "recommenders" / "rules.json")

    @cached_property
    def recommender(self) -> ShopRecommender:
        """Recommends what is in stock."""
        from app.orders import SqlShop
        from app.recommendation.recommending import ShopRecommender
        from app.recommendation.rules import RuleParams

        settings, shop = self.settings.recommendation, self.shop
        return ShopRecommender(
            self._recommender_model,
            lambda: self.items,
            log=self.behaviour,
            may_personalise=self.may_personalise,
            variants=shop.variants if isinstance(shop, SqlShop) else None,
            params=RuleParams(
                lowest_stock=settings.lowest_stock,
                margin_weight=settings.margin_weight,
                diversity=settings.diversity,
                most_of_category=settings.most_of_category,
                most_shown=settings.most_shown,
            ),
            switches=self.recommendation_rules,
        )

    def may_personalise(self, customer_id: str) -> bool:
        """Whether a customer agreed that their behaviour is used; nobody unknown did."""
        from app.orders.errors import ShopError
        from app.profiles.errors import CustomerUnknown

        try:
            profile = self.profiles.used_for("personalisation", customer_id, actor="assistant")
        except (CustomerUnknown, ShopError):
            return False
        return profile.allows("personalisation")

    def placement(self, name: str) -> Placement:
        """A place where recommendations are shown."""
        from app.recommendation.experiments import Experiment
        from app.recommendation.placement import Placement

        settings = self.settings.recommendation
        experiment = Experiment(
            settings.experiment, settings.design, hours=settings.switchback_hours, share=settings.share
        )
        return Placement(name, self.recommender, self.behaviour, experiment=experiment)

    @cached_property
    def refit(self) -> Refit:
        """Learns anew from what is recorded, and puts to use what is no worse."""
        from app.recommendation.descriptions import described
        from app.recommendation.nightly import Refit

        return Refit(
            self.recommenders,
            self.behaviour.interactions,
            descriptions=lambda: described(self.items),
            embedder=lambda: self.embedder,
        )

    @cached_property
    def pictures(self) -> PictureReader | None:
        """Reads what customers photograph; None when that is switched off."""
        from app.multimodal import NumberShapes, PictureReader
        from ingest.limits import Limits

        settings = self.settings.pictures
        if not settings.enabled:
            return None
        limits = Limits(
            max_picture_bytes=settings.max_mb * _MIB,
            max_pixels=settings.max_megapixels * 1_000_000,
            recognize_s=settings.timeout_s,
            recognizer_threads=settings.threads or few_cores(),
        )
        shapes = NumberShapes.of(settings.order_numbers, settings.skus)
        return PictureReader(limits=limits, shapes=shapes, catalogue=lambda: self.items)

    @cached_property
    def voice(self) -> Transcriber | None:
        """Hears what customers say; None when that is switched off."""
        from app.multimodal import Transcriber
        from app.multimodal.audio import AudioLimits

        settings = self.settings.voice
        if not settings.enabled:
            return None
        return Transcriber(
            lambda: self.weights.path(settings.model),
            model=settings.model,
            limits=AudioLimits(max_bytes=settings.max_mb * _MIB, max_s=settings.max_s),
            chinese=settings.chinese,
            threads=settings.threads or few_cores(),
        )

    @cached_property
    def feedback(self) -> FeedbackStore:
        """Ratings and corrections."""
        from app.feedback.store import FeedbackStore

        return FeedbackStore(self.database, log=self.events, legacy=self.settings.home / "feedback.sqlite")

    @cached_property
    def surveys(self) -> Surveys:
        """Asks how it was."""
        from app.feedback.surveys import SurveyPolicy, Surveys

        survey = self.settings.survey
        policy = SurveyPolicy(survey.enabled, survey.quiet_days, survey.nps_days, survey.open_days)
        return Surveys(self.database, policy=policy, log=self.events)

    @cached_property
    def events(self) -> ServiceEvents:
        """The log of what happened, from which numbers and gaps are taken."""
        from app.insight.events import ServiceEvents

        return ServiceEvents(self.database)

    def forget_conversation(self, conversation_id: str) -> None:
        """Forget the words of a conversation and who it was with; what happened is counted still."""
        self.events.erase(conversation_id=conversation_id)
        self.feedback.erase(conversation_id)
        self.surveys.erase(conversation_id=conversation_id)

    def forget_words_before(self, day: datetime) -> dict[str, int]:
        """Erase words in the log, in ratings, edits and surveys that are older; by kind, how many were touched."""
        return {
            "events": self.events.forget_words_before(day),
            "ratings": self.feedback.forget_words_before(day),
            "surveys": self.surveys.forget_words_before(day),
        }

    @cached_property
    def experiments(self) -> Experiments:
        """What is being tried, and on whom."""
        from app.building.experiment_outcomes import InsightOutcomes
        from app.building.experimenting import CHECKS
        from app.experiments import Experiments
        from app.experiments.store import ExperimentStore

        outcomes = InsightOutcomes(self.events, self.metrics)
        return Experiments(ExperimentStore(self.database), outcomes, self.events, checks=CHECKS)

    @cached_property
    def metrics(self) -> ServiceMetrics:
        """The published numbers."""
        from zoneinfo import ZoneInfo

        from tzlocal import get_localzone

        from app.insight.metrics import ServiceMetrics

        name = self.settings.schedule.timezone
        return ServiceMetrics(self.events, zone=ZoneInfo(name) if name else get_localzone())


def few_cores() -> int:
    """Threads of a network that is used now and then: more than four bring little."""
    return min(os.cpu_count() or 1, 4)
