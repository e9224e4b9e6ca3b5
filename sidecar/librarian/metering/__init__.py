"""Models that write, asked within limits: of money, of the provider's pace, and of patience."""

from librarian.metering.desk import Desk
from librarian.metering.fallback import Fallback
from librarian.metering.meter import Meter, RunEstimate, Terms
from librarian.metering.metered import Manner, Metered, total
from librarian.metering.writer import Writer

__all__ = ["Desk", "Fallback", "Manner", "Meter", "Metered", "RunEstimate", "Terms", "Writer", "total"]
