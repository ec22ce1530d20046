"""Why a person was refused something (PC-502x decisions, PC-503x questions and incidents, PC-504x modes and stops)."""

from __future__ import annotations

from pullcord.model.errors import PullcordError


class NotAllowedError(PullcordError):
    """The token does not open this, or its holder has no role."""

    code = "PC-5020"


class PlanChangedError(PullcordError):
    """The plan is not the one that the person saw."""

    code = "PC-5021"


class SupersededPlanError(PullcordError):
    """A newer plan of the incident has taken its place."""

    code = "PC-5022"


class RoleNotHeldError(PullcordError):
    """The person does not hold the role."""

    code = "PC-5023"


class RoleNotNeededError(PullcordError):
    """Nobody of this role is asked, or enough have agreed."""

    code = "PC-5024"


class AlreadyDecidedError(PullcordError):
    """The person has decided on this before: one person, one decision."""

    code = "PC-5025"


class OwnRequestError(PullcordError):
    """Nobody agrees to what they asked for themselves."""

    code = "PC-5026"


class CarriedOutError(PullcordError):
    """The plan has been carried out, or its phase has ended: decisions on it are single use."""

    code = "PC-5027"


class DecisionExpiredError(PullcordError):
    """What is to be decided was asked too long ago."""

    code = "PC-5028"


class StoppedError(PullcordError):
    """Pullcord is stopped, or the clock is not to be trusted: nothing is approved or given back until two resume."""

    code = "PC-5029"


class SimulatedError(PullcordError):
    """The record was simulated; nothing of it can become real."""

    code = "PC-5030"


class RefusedPlanError(PullcordError):
    """Somebody has refused the plan; approvals no longer change that."""

    code = "PC-5031"


class TaskAnsweredError(PullcordError):
    """The question has been answered."""

    code = "PC-5034"


class AnswerNotPossibleError(PullcordError):
    """The answer is not among those the question allows."""

    code = "PC-5035"


class StillOpenError(PullcordError):
    """The incident cannot be closed: it is not known what became of something that was sent to a real system."""

    code = "PC-5036"


class IncidentClosedError(PullcordError):
    """The incident is closed."""

    code = "PC-5037"


class ModeNotAvailableError(PullcordError):
    """The mode has conditions that are not met."""

    code = "PC-5041"


class ModeUnchangedError(PullcordError):
    """The AI system is in this mode."""

    code = "PC-5042"


class NotStoppedError(PullcordError):
    """There is nothing to resume."""

    code = "PC-5043"


class SecondPersonError(PullcordError):
    """Two different people have to agree to go on."""

    code = "PC-5044"
