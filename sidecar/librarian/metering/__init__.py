"""Models of providers, asked within limits: of money, of the provider's pace, and of patience."""

from librarian.metering.desk import Desk
from librarian.metering.fallback import Fallback
from librarian.metering.meter import Meter, Terms
from librarian.metering.metered import Manner, Metered, total
from librarian.metering.rehearsal import Rehearsal
from librarian.metering.trial import Trial
from librarian.metering.writer import Writer

__all__ = ["Desk", "Fallback", "Manner", "Meter", "Metered", "Rehearsal", "Terms", "Trial", "Writer", "total"]
