"""require_auth: a handler that runs only for requests with a valid token."""
import json
from functools import wraps

from .bearer import find_token, scopes_of
from .errors import Refused
from .token import read_claims


def require_auth(handler=None, *, scopes=()):
    """Wraps a handler of HTTP events: `@require_auth` or `@require_auth(scopes=['orders:read'])`.

    The claims are in event['requestContext']['authorizer'], as `claims` and as `jwt`.
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
        context = _members(event, 'requestContext')
        authorizer = {**_members(context, 'authorizer'), 'claims': claims, 'jwt': {'claims': claims, 'scopes': held}}
        return handler({**event, 'requestContext': {**context, 'authorizer': authorizer}}, *rest, **named)

    return guarded


def _members(value, name):
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _answer(event, code, scopes):
    status, text, extra = 401, 'Unauthorized', {'WWW-Authenticate': 'Bearer' if code == 'missing' else 'Bearer error="invalid_token"'}
    if code == 'key_unavailable':
        status, text, extra = 503, 'Service Unavailable', {'Retry-After': '5'}
    elif code == 'insufficient_scope':
        status, text, extra = 403, 'Forbidden', {'WWW-Authenticate': f'Bearer error="insufficient_scope", scope="{" ".join(scopes)}"'}
    headers = {'Content-Type': 'application/json', **extra}
    answer = {'statusCode': status, 'headers': headers, 'body': json.dumps({'error': text}, separators=(',', ':'))}
    if 'elb' in _members(event, 'requestContext'):
        answer |= {'statusDescription': f'{status} {text}', 'isBase64Encoded': False}
        if event.get('multiValueHeaders'):
            del answer['headers']
            answer['multiValueHeaders'] = {name: [value] for name, value in headers.items()}
    return answer
