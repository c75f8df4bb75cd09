"""The protected header. All of it is checked before the library sees the token: PyJWT passes most of these on or ignores them."""
import re
from base64 import urlsafe_b64decode

from .errors import Refused
from .strict_json import read_object

# Members that name a key or change what is signed: never followed, so never accepted.
_UNSUPPORTED = ('crit', 'jku', 'x5u', 'x5c', 'jwk', 'zip', 'enc', 'b64')
_KID = re.compile(r'[^\x00-\x1f\x7f]{1,256}')


def read_header(encoded, signature, algorithms):
    """The algorithm and kid of a header that may be verified."""
    try:
        header = read_object(urlsafe_b64decode(encoded + '=' * (-len(encoded) % 4)))
    except ValueError:
        raise Refused('malformed') from None
    alg, kid = header.get('alg'), header.get('kid')
    if alg not in algorithms:
        raise Refused('algorithm_not_allowed')
    if not signature:
        raise Refused('malformed')
    if any(name in header for name in _UNSUPPORTED):
        raise Refused('unsupported_header')
    if 'kid' in header and not (isinstance(kid, str) and _KID.fullmatch(kid)):
        raise Refused('malformed')
    if not all(isinstance(header.get(name, ''), str) for name in ('typ', 'cty')):
        raise Refused('malformed')
    return alg, kid
