"""verify_token: the checks in their order, the same as in the Node half."""
import re
from threading import Lock
from typing import Any, Literal, TypedDict

from jwt import InvalidTokenError

from .claims import check_claims
from .config import read_config
from .errors import Refused
from .header import read_header
from .keys import JWS, choose, open_store
from .strict_json import read_object

# Canonical base64url: no padding, unused bits zero. Ours, as jose is less strict.
_PART = r'(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?'
_TOKEN = re.compile(rf'(?!\.)({_PART})\.(?!\.){_PART}\.({_PART})', re.ASCII)
_lock = Lock()
_state = None

Valid = TypedDict('Valid', {'valid': Literal[True], 'payload': dict[str, Any]})
Invalid = TypedDict('Invalid', {'valid': Literal[False], 'error': str, 'code': str})


def _open(token, keys, alg, kid):
    code = 'unknown_key'
    for key in choose(keys, alg, kid):
        try:
            return JWS.decode_complete(token, key.prepared[alg], [alg])['payload']
        except (InvalidTokenError, ValueError):
            code = 'bad_signature'
    raise Refused(code)


def read_claims(token: object) -> dict[str, Any]:
    """The claims of a token, or Refused."""
    global _state
    if not (state := _state):
        with _lock:
            if not (state := _state):
                config = read_config()
                state = _state = config, open_store(config), {}
    config, store, headers = state

    if isinstance(token, bytes) and token.isascii():
        token = token.decode()
    if token is None or isinstance(token, str) and not token.strip(' \t\n\r\v\f'):
        raise Refused('missing')
    if not isinstance(token, str):
        raise Refused('malformed')
    if len(token) > config['maxTokenBytes']:
        raise Refused('too_large')
    if not (parts := _TOKEN.fullmatch(token)):
        raise Refused('malformed')
    header, signature = parts.groups()
    alg, kid = signature and headers.get(header) or read_header(header, signature, config['algorithms'])
    keys = store.get()
    try:
        payload = _open(token, keys, alg, kid)
    except Refused:
        if not (keys := store.refresh(keys)):
            raise
        payload = _open(token, keys, alg, kid)
    if header not in headers:
        if len(headers) >= 32:
            headers.clear()
        headers[header] = alg, kid  # signed, so it need not be checked again
    try:
        claims = read_object(payload)
    except ValueError:
        raise Refused('malformed') from None
    check_claims(claims, config)
    return claims


def verify_token(token: object) -> Valid | Invalid:
    """Whether a token may be trusted, and its claims. Raises only ConfigurationError."""
    try:
        return {'valid': True, 'payload': read_claims(token)}
    except Refused as refused:
        code = refused.args[0]
    return {'valid': False, 'error': 'Token cannot be verified now' if code == 'key_unavailable' else 'Invalid token', 'code': code}


def reset() -> None:
    """Forgets configuration and keys, for tests."""
    global _state
    _state = None
