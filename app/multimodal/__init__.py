"""Pictures and recordings that customers send, made into text that the rest works with."""

from app.multimodal.attachment import asked_with_pictures
from app.multimodal.numbers import NumberShapes
from app.multimodal.pictures import PictureReader
from app.multimodal.products import ProductMatcher
from app.multimodal.voice import Transcriber

__all__ = ["NumberShapes", "PictureReader", "ProductMatcher", "Transcriber", "asked_with_pictures"]
