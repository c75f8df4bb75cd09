import json
import re
from functools import wraps

from .errors import Refused
from .token import read_claims


def _member(value, name):
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def find_token(event):
    """The token in the Authorization header, or None."""
    for member in ('headers', 'multiValueHeaders'):
        values = [value for name, value in _member(event, member).items() if str(name).lower() == 'authorization']
        if member != 'headers':
            values = [one for value in values for one in (value if isinstance(value, list) else [None])]
        if values:
            return strip_scheme(values[0] if values.count(values[0]) == len(values) else None)
    return None


def strip_scheme(value, needed=True):
    """The token in a header's value. A comma joins several values: which of them counts is not for us to guess."""
    if isinstance(value, str) and ',' not in value:
        if found := re.match(r'bearer(?: +|$)', value, re.IGNORECASE):
            return value[found.end():]
        if not needed:
            return value
    raise Refused('malformed')


def scopes_of(claims):
    given = [claims.get('scope'), claims.get('scp')]
    lists = [one.split() if isinstance(one, str) else one for one in given]
    return [scope for one in lists if isinstance(one, list) for scope in one if isinstance(scope, str)]


def require_auth(handler=None, *, scopes=()):
    """Wraps a handler of HTTP events: `@require_auth` or `@require_auth(scopes=['orders:read'])`.

    It finds the claims in event['requestContext']['authorizer'], as `claims` and as `jwt`.
    """
    if handler is None:
        return lambda handler: require_auth(handler, scopes=scopes)

    @wraps(handler)
    def guarded(event, *rest, **named):
        try:
            claims = read_claims(find_token(event))
            held = scopes_of(claims)
            if not set(scopes).issubset(held):
                raise Refused('insufficient_scope')
        except Refused as refused:
            return _answer(event, refused.args[0], scopes)
        context = _member(event, 'requestContext')
        authorizer = {**_member(context, 'authorizer'), 'claims': claims, 'jwt': {'claims': claims, 'scopes': held}}
        return handler({**event, 'requestContext': {**context, 'authorizer': authorizer}}, *rest, **named)

    return guarded


def _answer(event, code, scopes):
    status, text, header, value = 401, 'Unauthorized', 'WWW-Authenticate', 'Bearer error="invalid_token"'
    if code == 'missing':
        value = 'Bearer'
    elif code == 'key_unavailable':
        status, text, header, value = 503, 'Service Unavailable', 'Retry-After', '5'
    elif code == 'insufficient_scope':
        status, text, value = 403, 'Forbidden', f'Bearer error="insufficient_scope", scope="{" ".join(scopes)}"'
    headers = {'Content-Type': 'application/json', header: value}
    answer = {'statusCode': status, 'headers': headers, 'body': json.dumps({'error': text}, separators=(',', ':'))}
    if 'elb' in _member(event, 'requestContext'):
        answer |= {'statusDescription': f'{status} {text}', 'isBase64Encoded': False}
        if event.get('multiValueHeaders'):
            del answer['headers']
            answer['multiValueHeaders'] = {name: [value] for name, value in headers.items()}
    return answer
