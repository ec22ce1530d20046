"""Who works in the plant, from where, and in which language."""

from __future__ import annotations

import random
from dataclasses import dataclass

from bench.plant_days.days import Day

LANGUAGES = ("en", "de", "es", "pl")
_HEADS = 64
_NEW_EVERY = 5
"""Days between the first days of new people."""
_TRIPS = ("PL", "ES", "SE", "US", "CN")
HOME = "DE"


@dataclass(frozen=True)
class Person:
    """One of the people.

    Attributes:
        first_day: number of the day on which they began.
        floor: works in shifts on the shop floor, at shared terminals.
        travels: days between business trips; 0 = none.
    """

    name: str
    number: int
    language: str
    first_day: int
    floor: bool
    travels: int

    @property
    def host(self) -> str:
        """The computer they usually sit at."""
        return f"terminal-{self.number % 9}" if self.floor else f"nb-{self.number:03}"

    def place(self, day: Day, chance: random.Random) -> dict[str, str]:
        """From where they work: office, home by VPN, or abroad."""
        if not self.floor and self.travels and day.number % self.travels < 2:  # noqa: PLR2004 -- two days long
            country = _TRIPS[(self.number + day.number // self.travels) % len(_TRIPS)]
            return {
                "client.address": f"185.{self.number}.{day.number}.7",
                "client.geo.country_iso_code": country,
            }
        if not self.floor and (self.number + day.weekday) % 4 == 0:
            return {
                "client.address": f"10.60.{self.number % 3}.{chance.randrange(2, 250)}",
                "client.geo.country_iso_code": HOME,
            }
        return {
            "client.address": f"10.30.{16 + self.number % 4}.{self.number + 10}",
            "client.geo.country_iso_code": HOME,
        }


def people(day: Day) -> list[Person]:
    """Who works here on a day: new people come every few days."""
    everybody = [_person(day.seed, number, 0) for number in range(_HEADS)]
    joined = range(_NEW_EVERY, day.number + 1, _NEW_EVERY)
    return everybody + [_person(day.seed, _HEADS + index, first) for index, first in enumerate(joined)]


def _person(seed: int, number: int, first_day: int) -> Person:
    chance = random.Random(f"{seed}/person/{number}")
    floor = chance.random() < 0.4  # noqa: PLR2004 -- share
    return Person(
        name=f"{'abcdefghjklmnoprst'[number % 18]}.{chance.choice(_NAMES)}{number}",
        number=number,
        language=chance.choices(LANGUAGES, (3, 5, 1, 2))[0],
        first_day=first_day,
        floor=floor,
        travels=0 if floor or chance.random() < 0.75 else chance.randrange(11, 19),  # noqa: PLR2004 -- share
    )


_NAMES = (
    "lind",
    "kowal",
    "meier",
    "ruiz",
    "berg",
    "nowak",
    "schulz",
    "vega",
    "holm",
    "mazur",
    "braun",
    "ortiz",
)
