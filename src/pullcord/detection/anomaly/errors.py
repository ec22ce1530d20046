"""What can go wrong with anomaly declarations."""

from __future__ import annotations

from pullcord.model.errors import PullcordError


class AnomalyError(PullcordError):
    """A declaration of an anomaly detector cannot be used; its neighbours can."""

    code = "PC-1041"
