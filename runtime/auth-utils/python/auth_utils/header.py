"""The header. PyJWT lets most of this through, so it is checked before PyJWT sees the token."""
import re
from base64 import urlsafe_b64decode

from .errors import Refused
from .strict_json import read_object

# They name a key or change what is signed.
_UNSUPPORTED = {'crit', 'jku', 'x5u', 'x5c', 'jwk', 'zip', 'enc', 'b64'}


def read_header(encoded, signature, algorithms):
    """The algorithm and kid."""
    try:
        header = read_object(urlsafe_b64decode(encoded + '=='))
    except ValueError:
        raise Refused('malformed') from None
    if header.get('alg') not in algorithms:
        raise Refused('algorithm_not_allowed')
    if not signature:
        raise Refused('malformed')
    if _UNSUPPORTED & header.keys():
        raise Refused('unsupported_header')
    texts = [header.get(name, 'absent') for name in ('kid', 'typ', 'cty')]
    if not all(isinstance(text, str) for text in texts) or not re.fullmatch(r'[^\x00-\x1f\x7f]{1,256}', texts[0]):
        raise Refused('malformed')
    return header['alg'], header.get('kid')
