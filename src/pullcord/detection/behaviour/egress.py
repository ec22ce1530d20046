"""New egress destination: an agent reaches a host outside that it never reached before."""

from __future__ import annotations

from collections.abc import Iterable

from pullcord.analysis.quoting import quoted
from pullcord.analysis.tools import Effect, tool
from pullcord.detection.behaviour.firsts import Firsts, Novelty
from pullcord.detection.behaviour.hosts import below, host, hosts_in, is_local, network_of
from pullcord.detection.behaviour.knowledge import Knowledge
from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.behaviour.memory import key_of
from pullcord.detection.behaviour.report import Rule, named, report, who
from pullcord.detection.behaviour.taint import Taints
from pullcord.model.event import Event
from pullcord.model.finding import Finding, Severity

RULE = Rule(
    "pullcord.behaviour.new-egress-destination",
    "Agent reached a destination it never reached before",
    "data-leakage",
    ("AML.T0086", "AML.T0025"),
)
AFTER = Rule(
    "pullcord.behaviour.new-egress-after-untrusted",
    "Agent sent to a new destination after untrusted content",
    "prompt-injection-indirect",
    ("AML.T0051.001", "AML.T0086"),
)
ATTRIBUTES = (
    "server.address",
    "url.full",
    "url.domain",
    "destination.domain",
    "destination.address",
    "tls.server_name",
    "tls.client.server_name",
    "dns.question.name",
    "server_name",
    "tls.sni",
    "cs-host",
    "http.hostname",
    "query",
)
_SHOWN = 3


class Egress:
    """Destinations of each agent: links, mail addresses and hosts in arguments, and the attributes of the network.

    Attributes:
        firsts: what each agent reached.
        blind: tool calls whose arguments were not recorded and that named no host either.
    """

    def __init__(self, knowledge: Knowledge, limits: Limits, taints: Taints) -> None:
        self.firsts = Firsts("egress", limits.agents, limits)
        self._taints = taints
        self.blind = 0
        self._knowledge = knowledge

    def look(
        self,
        event: Event,
        agent: str,
        arguments: str | None,
        names: Iterable[str] = ATTRIBUTES,
        *,
        named_only: bool = False,
    ) -> Finding | None:
        """What is new about where one event of an agent goes.

        Args:
            names: those of ``ATTRIBUTES`` that it has.
            named_only: leave out bare addresses, which change all the time where many stand behind one name.
        """
        attributes = event.attributes
        places = dict.fromkeys(hosts_in(arguments)) if arguments else {}
        for name in names:
            value = attributes.get(name)
            if value is not None and isinstance(value, str) and (place := host(value)) is not None:
                places[place] = None
        if not places:
            if arguments is None and "gen_ai.tool.name" in attributes:
                self.blind += 1
            return None
        owner = key_of(event.site, agent)
        novel: dict[str, Novelty] = {}
        for place in places:
            if self._outside(place) and not (named_only and network_of(place)):
                novelty = self.firsts.see(owner, place, event.time)
                if novelty is not None and novelty.odd:
                    novel[place] = novelty
        if not novel or not self.firsts.may_tell(owner, event.time):
            return None
        return self._finding(event, agent, novel, blind=arguments is None)

    def _outside(self, place: str) -> bool:
        known = self._knowledge
        return not (is_local(place) or below(place, known.internal_domains) or place in known.endpoints)

    def _finding(self, event: Event, agent: str, novel: dict[str, Novelty], *, blind: bool) -> Finding:
        name = event.text("gen_ai.tool.name")
        shown = ", ".join(quoted(place) for place in list(novel)[:_SHOWN])
        reasons = [
            f"{who(agent)} reached {shown} for the first time{f' with {quoted(name)}' if name else ''}.",
            next(iter(novel.values())).reference("destinations"),
        ]
        if blind and name:
            reasons.append(
                "The arguments were not recorded: what was sent, and to whom else, cannot be seen."
            )
        entities = [("agent", named(event)), *(("destination", place) for place in list(novel)[:_SHOWN])]
        taint = self._taints.of(event) if name and tool(name).effect is not Effect.READ else None
        if taint is None:
            # New suppliers and customers are everyday life.
            return report(RULE, event, Severity.LOW, reasons, entities=entities)
        reasons.insert(1, f"Before, {quoted(taint.tool)} brought content that outsiders can write.")
        if not blind:
            # Where arguments are recorded, the session as a whole says whether the value came from that content;
            # answering a new supplier who wrote is everyday life.
            return report(AFTER, event, Severity.LOW, reasons, entities=entities, earlier=taint.earlier)
        return report(AFTER, event, Severity.MEDIUM, reasons, entities=entities, earlier=taint.earlier)
