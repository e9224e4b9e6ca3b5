"""What an answer stands on: passages of notes, how well they fit a question, and whether they say what is cited."""

from librarian.evidence.attribution import UNCITED
from librarian.evidence.choosing import Found, chosen, rarity, weigh, widened
from librarian.evidence.cutting import Piece, cut
from librarian.evidence.linking import link
from librarian.evidence.scribe import Claim, Scribe
from librarian.evidence.support import is_supported, quotation

__all__ = [
    "UNCITED", "Claim", "Found", "Piece", "Scribe", "chosen", "cut", "is_supported", "link", "quotation", "rarity",
    "weigh", "widened",
]  # fmt: skip
