"""Streaming anomaly detection per entity, with thresholds that keep a stated false rate."""

from __future__ import annotations

from pullcord.detection.anomaly.declaration import Declaration
from pullcord.detection.anomaly.detector import AnomalyDetector, Limits
from pullcord.detection.anomaly.errors import AnomalyError
from pullcord.detection.anomaly.load import Anomalies, Problem, load_anomalies

__all__ = [
    "Anomalies",
    "AnomalyDetector",
    "AnomalyError",
    "Declaration",
    "Limits",
    "Problem",
    "load_anomalies",
]
