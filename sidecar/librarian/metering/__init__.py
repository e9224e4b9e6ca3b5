"""Models that write, asked within limits: of money, of the provider's pace, and of patience."""

from librarian.metering.answers import Answers
from librarian.metering.fallback import Fallback
from librarian.metering.meter import Meter, RunEstimate, Terms
from librarian.metering.metered import Manner, Metered, total

__all__ = ["Answers", "Fallback", "Manner", "Meter", "Metered", "RunEstimate", "Terms", "total"]
