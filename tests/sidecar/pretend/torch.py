"""As much of torch as a worker asks of it."""

import os


def set_num_threads(number: int) -> None:
    os.environ["THREADS"] = str(number)


def set_num_interop_threads(number: int) -> None:
    del number
