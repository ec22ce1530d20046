"""Pullcord's HTTP API as the people of the story use it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx

from pullcord.demo.config import person_token
from pullcord.demo.errors import PlantError

_SECONDS = 15.0
_PAUSE = 0.2


class ApiRefusedError(PlantError):
    """Pullcord said no; ``reason`` is the code of its error, ``why`` the cause it gave."""

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(f"Pullcord refused: {reason} {why}", "look into pullcord.log of the demo")
        self.reason, self.why = reason, why


class Api:
    """Calls by people, each with their own token.

    Args:
        plant: the folder of the demo plant, where the tokens of the invented people lie.
    """

    def __init__(self, plant: Path) -> None:
        self._plant = plant
        self._client = httpx.Client(timeout=_SECONDS, trust_env=False)
        self.url = ""

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def get(self, person: str, path: str) -> Any:  # noqa: ANN401  (JSON)
        """Read something."""
        return self._call("GET", person, path, None)

    def post(self, person: str, path: str, **body: object) -> Any:  # noqa: ANN401  (JSON)
        """Decide or answer something.

        Raises:
            ApiRefusedError: Pullcord said no.
        """
        return self._call("POST", person, path, body)

    def waiting(self, person: str) -> list[dict[str, Any]]:
        """What waits for people."""
        found: list[dict[str, Any]] = _list(self.get(person, "/api/v1/waiting"))
        return found

    def incidents(self, person: str) -> list[dict[str, Any]]:
        """All incidents, in short."""
        return _list(self.get(person, "/api/v1/incidents"))

    def incident(self, person: str, incident_id: str) -> dict[str, Any]:
        """One incident in full."""
        found: dict[str, Any] = self.get(person, f"/api/v1/incidents/{incident_id}")
        return found

    def _call(self, method: str, person: str, path: str, body: dict[str, object] | None) -> Any:  # noqa: ANN401
        headers = {"Authorization": f"Bearer {person_token(self._plant, person)}"}
        end = time.monotonic() + _SECONDS
        try:
            reply = self._client.request(method, self.url + path, headers=headers, json=body)
        except httpx.TransportError as error:
            # Pullcord may have been killed this moment; whoever waits starts it again and asks anew.
            raise AwayError(str(error)) from error
        if reply.status_code in {429, 503} and time.monotonic() < end:
            time.sleep(_PAUSE)
            return self._call(method, person, path, body)
        data = reply.json()
        if reply.status_code >= 400:  # noqa: PLR2004  (HTTP)
            raise ApiRefusedError(str(data.get("code", reply.status_code)), str(data.get("cause", "")))
        return data


class AwayError(PlantError):
    """Pullcord does not answer."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Pullcord does not answer ({why})", "look into pullcord.log of the demo")


def _list(data: Any) -> list[dict[str, Any]]:  # noqa: ANN401  (JSON)
    """The list of a reply, which may stand in an object of its own."""
    if isinstance(data, dict):
        data = next((value for value in data.values() if isinstance(value, list)), [])
    return [one for one in data if isinstance(one, dict)]
