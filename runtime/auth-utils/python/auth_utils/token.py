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

# Canonical base64url without padding: the last character's unused bits are zero. Ours, as not every library is so strict.
_PART = r'(?:[\w-]{4})*+(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?'
_TOKEN = re.compile(rf'(?!\.)({_PART})\.(?!\.){_PART}\.({_PART})', re.ASCII)
_REMEMBERED = 32
_lock = Lock()
_verifier = None


class Valid(TypedDict):
    """A token to trust."""
    valid: Literal[True]
    payload: dict[str, Any]


class Invalid(TypedDict):
    """A token to refuse: `error` for people, `code` for programs."""
    valid: Literal[False]
    error: str
    code: str


class _Verifier:
    def __init__(self):
        self.config = read_config()
        self.store = open_store(self.config)
        self.headers = {}  # algorithm and kid, by the text of headers that were signed

    def claims(self, token):
        """The claims of a token; Refused with the code."""
        if isinstance(token, bytes):
            try:
                token = token.decode('ascii')
            except ValueError:
                raise Refused('malformed') from None
        if token is None or isinstance(token, str) and not token.strip():
            raise Refused('missing')
        if not isinstance(token, str):
            raise Refused('malformed')
        if len(token) > self.config['maxTokenBytes']:
            raise Refused('too_large')
        parts = _TOKEN.fullmatch(token)
        if not parts:
            raise Refused('malformed')
        header, signature = parts.groups()
        alg, kid = signature and self.headers.get(header) or read_header(header, signature, self.config['algorithms'])
        payload = self._payload(token, alg, kid)
        if len(self.headers) < _REMEMBERED:
            self.headers[header] = alg, kid
        try:
            claims = read_object(payload)
        except ValueError:
            raise Refused('malformed') from None
        check_claims(claims, self.config)
        return claims

    def _payload(self, token, alg, kid):
        keys = self.store.get()
        try:
            return _open(token, keys, alg, kid)
        except Refused:
            newer = self.store.refresh(keys)
            if newer is None:
                raise
        return _open(token, newer, alg, kid)


def _open(token, keys, alg, kid):
    code = 'unknown_key'
    for key in choose(keys, alg, kid):
        try:
            return JWS.decode_complete(token, key.prepared[alg], [alg])['payload']
        except (InvalidTokenError, ValueError):
            code = 'bad_signature'
    raise Refused(code)


def read_claims(token: object) -> dict[str, Any]:
    """The claims of a token; raises Refused."""
    global _verifier
    if not (verifier := _verifier):
        with _lock:
            verifier = _verifier = _verifier or _Verifier()
    return verifier.claims(token)


def verify_token(token: object) -> Valid | Invalid:
    """Whether a token may be trusted, and its claims. Raises only ConfigurationError."""
    try:
        return {'valid': True, 'payload': read_claims(token)}
    except Refused as refused:
        code = refused.args[0]
    return {'valid': False, 'error': 'Token cannot be verified now' if code == 'key_unavailable' else 'Invalid token', 'code': code}


def reset() -> None:
    """Forgets configuration and keys, for tests."""
    global _verifier
    _verifier = None
