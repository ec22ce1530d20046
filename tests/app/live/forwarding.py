"""A forwarder as a process to be killed: ``python -m tests.app.live.forwarding FOLDER URL NUMBER``.

It keeps NUMBER findings, one commit each, and forwards to a webhook at URL meanwhile.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from pullcord.app.live.forward import Destination, Forwarder, Pace
from pullcord.app.output import to_ocsf
from pullcord.connectors.forward.posting import Poster
from pullcord.connectors.forward.webhook import WebhookSender
from pullcord.store.state import open_state
from tests.connectors.forward.samples import sample

SECRET = "a secret of more than 24 bytes"
PACE = Pace(batch=10, look=0.05, back_off=(0.05, 0.1))


def main(folder: Path, url: str, number: int) -> None:
    """Find and forward until killed."""
    with open_state(folder) as state:
        sender = WebhookSender(Poster(url), SECRET, to_ocsf)
        forwarder = Forwarder(state, [Destination("hook", sender, history=True)], pace=PACE)
        forwarder.start()
        for place in range(number):
            with state.transaction() as tx:
                tx.put_findings([sample(place)])
            forwarder.wake()
        while True:
            time.sleep(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
