"""The nightly re-ingest inside the service, and the night that was missed because the machine was off."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from tzlocal import get_localzone

logger = logging.getLogger(__name__)


class Nightly:
    """Asks for one run each night, and at the start for the one that was missed, if any: once, however many nights."""

    def __init__(
        self,
        submit: Callable[[], object],
        *,
        newest_run: Callable[[], datetime | None],
        first_seen: Callable[[], datetime],
        hour: int = 3,
        minute: int = 0,
        timezone: str = "",
        now: Callable[[tzinfo], datetime] = datetime.now,
    ) -> None:
        self._submit, self._newest_run, self._first_seen, self._now = submit, newest_run, first_seen, now
        self._time, self._timezone = time(hour, minute), timezone
        self._scheduler: BackgroundScheduler | None = None

    def start(self) -> bool:
        """Catch up and begin to keep time; whether a missed night was caught up."""
        zone = self._zone()
        is_missed = self.is_missed()
        if is_missed:
            logger.info("the nightly run was missed; running it now")
            self._submit()
        # A machine that slept through the hour runs when it wakes, once: any delay is accepted, runs are merged.
        scheduler = BackgroundScheduler(timezone=zone, daemon=True)
        trigger = CronTrigger(hour=self._time.hour, minute=self._time.minute, timezone=zone)
        scheduler.add_job(self._submit, trigger, coalesce=True, misfire_grace_time=None, max_instances=1)
        scheduler.start()
        self._scheduler = scheduler
        return is_missed

    def stop(self) -> None:
        """Keep time no longer."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    def is_missed(self) -> bool:
        """Whether the last night went by without a run, counted from when the installation was first seen."""
        due = self.last_due()
        covered = max(filter(None, (self._newest_run(), self._first_seen())))
        return covered < due

    def last_due(self) -> datetime:
        """When the run was due most recently."""
        zone = self._zone()
        now = self._now(zone)
        today = datetime.combine(now.date(), self._time, zone)
        return today if today <= now else datetime.combine(now.date() - timedelta(days=1), self._time, zone)

    def _zone(self) -> tzinfo:
        return ZoneInfo(self._timezone) if self._timezone else get_localzone()
