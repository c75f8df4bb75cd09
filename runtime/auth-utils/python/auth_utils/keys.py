"""Keys, judged and chosen."""
import os
import re
import warnings
from binascii import a2b_base64
from math import inf

from jwt import InsecureKeyLengthWarning, PyJWS

from . import clock
from .config import HASH_BYTES
from .errors import ConfigurationError
from .fetched_key import FetchedKey

JWS = PyJWS()
# Known to anybody: PEM, SSH, JWK. The same list in the Node half; PyJWT's own is shorter.
_PUBLIC = re.compile(rb'----[- ]BEGIN|(?:^|[\r\n])[ \t]*(?:(?:sk-)?(?:ssh|ecdsa)-|[{[].*"kty")', re.DOTALL)
_PEM = re.compile(rb'\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*')
_RSA_PSS = bytes.fromhex('06092a864886f70d01010a')  # a key for PSS alone, which would be taken for RS too
ANY = object()  # the kid of a key that needs none


class Key:
    """`prepared`: the library's keys by algorithm; `until`: the time of day it is accepted."""

    def __init__(self, prepared, kid=ANY, until=inf):
        self.prepared, self.kid, self.until = prepared, kid, until


def prepare(key, algorithms):
    """The library's forms of a secret, PEM or JWK, by the algorithms that it fits."""
    found = {}
    for alg in algorithms:
        try:
            algorithm = JWS.get_algorithm_by_name(alg)
        except NotImplementedError:
            raise ConfigurationError(f'{alg} needs the cryptography package') from None
        try:
            made = algorithm.prepare_key(algorithm.from_jwk(key) if isinstance(key, dict) else key)
        except Exception:  # of many types
            continue
        # PyJWT has checked the curve. Private keys do not verify.
        if alg in HASH_BYTES or hasattr(made, 'verify') and (
            made.key_size >= 2048 if alg[0] in 'RP' else type(made).__name__ != 'Ed448PublicKey'
        ):
            found[alg] = made
    return found


def _is_pss(encoded):
    try:
        return _RSA_PSS in a2b_base64(encoded)[:32]
    except ValueError:
        return False  # no key at all


def read_key(data, config, until=inf):
    """The key in a secret, parameter or variable."""
    algorithms = config['algorithms']
    if algorithms[0] in HASH_BYTES:
        least = max(HASH_BYTES[alg] for alg in algorithms)
        if not data or len(data) < least and not config['allowShortSecrets']:
            raise ConfigurationError(f'The HMAC secret is empty or shorter than {least} bytes')
        if len(data) < least:
            warnings.simplefilter('ignore', InsecureKeyLengthWarning)
        prepared = not _PUBLIC.search(data) and prepare(data, algorithms)
    else:
        prepared = (block := _PEM.fullmatch(data)) and not _is_pss(block[1]) and prepare(data, algorithms)
    if not prepared:
        raise ConfigurationError(f'The key is of another kind than {algorithms} need')
    return Key(prepared, until=until)


def choose(keys, alg, kid):
    """The keys that may have signed. Without a kid, one of a set must be the only one that fits."""
    now = clock.time()
    fitting = [key for key in keys if alg in key.prepared and now < key.until and (kid is None or key.kid in (ANY, kid))]
    return fitting if kid or len(fitting) < 2 or fitting[0].kid is ANY else []


def open_store(config):
    spec = config['key']
    if 'url' in spec:
        from .jwks import fetch_set
        return FetchedKey(lambda: fetch_set(spec['url'], config['algorithms']), spec['ttl'], spec['cooldown'])
    if 'ttl' in spec:
        from .secrets import fetcher
        return FetchedKey(fetcher(spec, config), spec['ttl'], 30)

    def fetch():
        data = spec.get('pem') or os.environ.get(spec['name'])
        if not data:
            raise ConfigurationError(f'Environment variable {spec["name"]} is missing or empty')
        return [read_key(os.fsencode(data), config)]

    return FetchedKey(fetch, inf, None)
