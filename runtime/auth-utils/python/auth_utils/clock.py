"""Both clocks in one place, so that tests can move them."""
from time import monotonic, time  # noqa: F401
