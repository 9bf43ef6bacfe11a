"""A profile as a Locust ``LoadTestShape``, for those who want users: so many that they send what would arrive.

    from locust import HttpUser, task
    from spikekit.engine.locust.shape import CampaignShape

    class Spike(CampaignShape):
        profile = "fry-profile.json"     # of: spikekit profile campaigns/fry.yaml --json > fry-profile.json
        visit_seconds = 12.0             # from one visit's beginning to the next one's, on a site at rest

    class Visitor(HttpUser): …

Users are a closed loop: when the site slows down they slow down with it, just when it matters. ``spikekit locustfile``
writes a file whose visitors do not. And nothing here asks whether the host may be loaded.
"""

from __future__ import annotations

import json
from pathlib import Path

from locust import LoadTestShape

from spikekit.profile.document import profile_of
from spikekit.profile.model import Profile
from spikekit.profile.users import users_at


class CampaignShape(LoadTestShape):  # type: ignore[misc]
    """To derive from: ``profile`` is the file of a profile's document, beside which Locust is started, or a profile;
    ``visit_seconds`` how long a user takes from the beginning of one visit to that of the next, waits included.

    Locust looks once a second, and again only when all users it is starting have started. Raises ``ValueError`` for
    a file that holds no profile, and for a visit that takes no time.
    """

    abstract = True
    profile: str | Path | Profile
    visit_seconds: float

    def __init__(self) -> None:
        super().__init__()
        if not self.visit_seconds > 0:
            raise ValueError("visit_seconds is how long a visit takes, such as 12.0")
        self._asked: tuple[int, float] | None = None
        self._profile = self.profile if isinstance(self.profile, Profile) else _read(Path(self.profile))

    def tick(self) -> tuple[int, float] | None:
        """The users for the coming second, started (or stopped) within it; ``None`` at the profile's end."""
        now = self.get_run_time()
        if now >= self._profile.duration_seconds:
            return None
        users = users_at(self._profile, now, self.visit_seconds)
        if self._asked is None or users != self._asked[0]:
            self._asked = users, max(abs(users - self.get_current_user_count()), 1)
        return self._asked


def _read(path: Path) -> Profile:
    try:
        return profile_of(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
