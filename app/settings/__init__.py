"""Everything that can be set, read once at the edge of the program and handed down as values."""

from app.settings.customers import HandOffSettings, UnderstandingSettings, WebhookSettings
from app.settings.errors import SettingInvalid, SettingsError, SettingUnknown
from app.settings.groups import (
    AnswerSettings,
    Backend,
    IngestSettings,
    LLMSettings,
    LocalLLMSettings,
    ModelSettings,
    ReceiptSettings,
    RemoteEmbedderSettings,
    RemoteLLMSettings,
    RetrievalSettings,
    ScheduleSettings,
    ServerSettings,
    Settings,
    WidgetSettings,
)
from app.settings.reading import SettingValue, explain, load_settings

__all__ = [
    "AnswerSettings",
    "Backend",
    "HandOffSettings",
    "IngestSettings",
    "LLMSettings",
    "LocalLLMSettings",
    "ModelSettings",
    "ReceiptSettings",
    "RemoteEmbedderSettings",
    "RemoteLLMSettings",
    "RetrievalSettings",
    "ScheduleSettings",
    "ServerSettings",
    "SettingInvalid",
    "SettingUnknown",
    "SettingValue",
    "Settings",
    "SettingsError",
    "UnderstandingSettings",
    "WebhookSettings",
    "WidgetSettings",
    "explain",
    "load_settings",
]
