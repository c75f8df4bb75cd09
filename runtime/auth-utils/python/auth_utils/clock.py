"""Both clocks in one place, so that tests can move them: time of day for tokens, monotonic for caches."""
from time import monotonic, time

__all__ = ['monotonic', 'time']
