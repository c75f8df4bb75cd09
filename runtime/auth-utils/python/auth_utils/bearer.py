"""What both handlers need: the token of a request, and the scopes of its claims."""
import re

from .errors import Refused
from .token import read_claims


def _values(headers):
    if not isinstance(headers, dict):
        return []
    return [value for name, value in headers.items() if str(name).lower() == 'authorization']


def find_token(event):
    """The token in the Authorization header, or None."""
    if not isinstance(event, dict):
        return None
    values = _values(event.get('headers'))
    if not values:
        values = [value for several in _values(event.get('multiValueHeaders')) for value in (several if isinstance(several, list) else [None])]
    if not values:
        return None
    return strip_scheme(values[0] if all(value == values[0] for value in values) else None)


def strip_scheme(value, optional=False):
    """The token in a header's value. Commas join several values: which of them counts is not ours to guess."""
    found = isinstance(value, str) and ',' not in value and re.match(r'bearer(?: +|$)', value, re.IGNORECASE)
    if found:
        return value[found.end():]
    if optional:
        return value
    raise Refused('malformed')


def scopes_of(claims):
    """The scopes in `scope` and `scp`."""
    scopes = []
    for given in (claims.get('scope'), claims.get('scp')):
        if isinstance(given, str):
            scopes += given.split()
        elif isinstance(given, list):
            scopes += [one for one in given if isinstance(one, str)]
    return scopes
