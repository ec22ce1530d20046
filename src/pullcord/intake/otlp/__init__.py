"""OTLP traces and logs, as JSON and as protobuf → events."""

from pullcord.intake.otlp.request import Problems, decode, events

__all__ = ["Problems", "decode", "events"]
