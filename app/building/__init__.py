"""Puts the parts together by the settings; `Container` is the whole, and pyproject.toml says what stands on what."""
