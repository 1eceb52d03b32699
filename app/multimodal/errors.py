"""Why a picture or a recording could not be read. Pictures themselves are refused by leaves of `PictureRefused`.

MediaError
├── PicturesOff         reading of pictures is switched off
├── PictureNotInline    a picture was given by an address instead of its bytes
├── PictureReaderBusy   as many pictures wait as may
├── VoiceUnavailable    voice is switched off, its package or its weights are not here
├── VoiceBusy           as many recordings wait as may
└── AudioRefused        one recording could not be heard
    ├── AudioTypeUnknown    no kind of sound that is known
    ├── AudioTooLarge       more bytes than the limit allows
    ├── AudioTooLong        more seconds than the limit allows
    └── AudioDamaged        truncated, or without a track of sound
"""

from __future__ import annotations

from index.errors import KefuError


class MediaError(KefuError):
    """A picture or a recording could not be read."""

    code = "media"


class PicturesOff(MediaError):
    """Reading of pictures is switched off."""

    code = "pictures_off"


class PictureNotInline(MediaError):
    """A picture was given by an address instead of its bytes."""

    code = "picture_not_inline"


class PictureReaderBusy(MediaError):
    """As many pictures are waiting to be read as may wait."""

    code = "picture_reader_busy"


class VoiceUnavailable(MediaError):
    """Recordings cannot be heard here as it is set up."""

    code = "voice_unavailable"


class VoiceBusy(MediaError):
    """As many recordings are waiting to be heard as may wait."""

    code = "voice_busy"


class AudioRefused(MediaError):
    """One recording could not be heard."""

    code = "audio_refused"


class AudioTypeUnknown(AudioRefused):
    """The file is no recording of a kind that is known."""

    code = "audio_type_unknown"


class AudioTooLarge(AudioRefused):
    """The recording has more bytes than the limit allows."""

    code = "audio_too_large"


class AudioTooLong(AudioRefused):
    """The recording is longer than the limit allows."""

    code = "audio_too_long"


class AudioDamaged(AudioRefused):
    """The recording is truncated, or holds no sound that can be read."""

    code = "audio_damaged"
