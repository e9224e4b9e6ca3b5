"""A child process for heavy libraries: their import seconds, their memory and their crashes stay outside the sidecar.

The child runs ``python -m librarian.worker MODULE``. MODULE has ``CALLS``, functions by name, each taking parameters, a
payload and a function to tell progress with, and returning values and a payload. Nothing is ever unpickled.
"""

from librarian.worker.parent import Progress, Worker

__all__ = ["Progress", "Worker"]
