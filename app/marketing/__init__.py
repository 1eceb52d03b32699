"""Copy for listings, notes and messages, each claim of which is traced to a fact of the catalogue."""

from app.marketing.catalogue import Catalogue
from app.marketing.channels import CHANNELS, channel_of
from app.marketing.copywriter import Copywriter, TextCheck, Writing
from app.marketing.json_form import request_of
from app.marketing.law import AdvertisingLaw
from app.marketing.store import CopyDesk
from app.marketing.values import Copy, CopyRequest, Fact, Reader, Variant

__all__ = [
    "CHANNELS",
    "AdvertisingLaw",
    "Catalogue",
    "Copy",
    "CopyDesk",
    "CopyRequest",
    "Copywriter",
    "Fact",
    "Reader",
    "TextCheck",
    "Variant",
    "Writing",
    "channel_of",
    "request_of",
]
