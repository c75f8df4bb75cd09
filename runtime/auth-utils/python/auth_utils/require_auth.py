import json
import re
from functools import wraps

from .errors import ConfigurationError, Refused
from .token import read_claims


def _member(value, name):
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _values(event, member):
    return [value for name, value in _member(event, member).items() if str(name).lower() == 'authorization']


def find_token(event):
    """The token in the Authorization header, or None. REST APIs give the last value in `headers`, all in the other."""
    values = _values(event, 'headers')
    for value in _values(event, 'multiValueHeaders'):
        values += value if isinstance(value, list) else [value]
    if values:
        return strip_scheme(values[0] if values.count(values[0]) == len(values) else None)
    return None


def strip_scheme(value, needed=True):
    """The token in a header's value. A comma joins several values: which of them counts is not for us to guess."""
    if isinstance(value, str) and ',' not in value:
        if found := re.match(r'bearer(?= |[ \t]*\Z) *', value, re.IGNORECASE):
            return value[found.end():]
        if not needed:
            return value
    raise Refused('malformed')


def check_scopes(scopes):
    """The scopes that a handler needs, kept: an iterator is empty at the second call. The characters are those that RFC 6749 allows."""
    kept = None if isinstance(scopes, str) or not hasattr(scopes, '__iter__') else tuple(scopes)
    if kept is None or not all(isinstance(one, str) and re.fullmatch(r'[!#-[\]-~]+', one) for one in kept):
        raise ConfigurationError('scopes is a list of texts, each without spaces, quotes and backslashes')
    return kept


def _words(value):
    return [word for word in value.split(' ') if word] if isinstance(value, str) else []


def scopes_of(claims):
    scp = claims.get('scp')
    return _words(claims.get('scope')) + ([one for one in scp if isinstance(one, str)] if isinstance(scp, list) else _words(scp))


def require_auth(handler=None, *, scopes=()):
    """Wraps a handler of HTTP events: `@require_auth` or `@require_auth(scopes=['orders:read'])`.

    It finds the claims in event['requestContext']['authorizer'], as `claims` and as `jwt`.
    """
    scopes = check_scopes(scopes)
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
    if isinstance(_member(event, 'requestContext').get('elb'), dict):
        answer |= {'statusDescription': f'{status} {text}', 'isBase64Encoded': False}
        if isinstance(event.get('multiValueHeaders'), dict):
            del answer['headers']
            answer['multiValueHeaders'] = {name: [value] for name, value in headers.items()}
    return answer
