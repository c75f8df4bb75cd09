from threading import Lock

from . import clock
from .errors import ConfigurationError, Refused


class FetchedKey:
    """Keys that one thread fetches for all. Kept for `ttl` seconds; refreshed at most once in `cooldown` seconds (None: never)."""

    def __init__(self, fetch, ttl, cooldown):
        self._fetch, self._ttl, self._cooldown = fetch, ttl, cooldown
        self._lock = Lock()
        self._keys = self._error = None
        self._due = self._next_refresh = 0

    def get(self):
        # Others go on with the old keys meanwhile; they wait only when there are none.
        if clock.monotonic() >= self._due and self._lock.acquire(blocking=self._keys is None):
            try:
                if clock.monotonic() >= self._due:
                    self._load()
            finally:
                self._lock.release()
        keys = self._keys
        if keys is None:
            raise type(self._error)(*self._error.args)
        return keys

    def refresh(self, seen):
        """Newer keys than those seen, or None."""
        with self._lock:
            if self._keys is seen and self._cooldown is not None and clock.monotonic() >= self._next_refresh:
                self._next_refresh = clock.monotonic() + self._cooldown
                self._load()
        keys = self.get()
        return None if keys is seen else keys

    def _load(self):
        try:
            self._keys = self._fetch()
            self._due = clock.monotonic() + self._ttl
        except (ConfigurationError, Refused) as error:
            self._error = error
            retry = clock.monotonic() + 5
            if isinstance(error, ConfigurationError):
                self._keys = None  # access was withdrawn
            self._due = retry if self._keys is None else max(self._due, retry)
