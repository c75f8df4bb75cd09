"""Keys: read, judged and chosen."""
import os
import re
import warnings
from math import inf

from jwt import InsecureKeyLengthWarning, PyJWS

from . import clock
from .config import HASH_BYTES
from .errors import ConfigurationError
from .fetched_key import FetchedKey

JWS = PyJWS()
ANY = object()
# PEM, JWK, SSH: public, so an HMAC with one of them could be forged by anybody.
_NO_SECRET = re.compile(rb'-----BEGIN|\{.*"kty"|^\s*ssh-', re.DOTALL | re.MULTILINE)
_PUBLIC_PEM = re.compile(rb'\s*-----BEGIN PUBLIC KEY-----(?!.*-----BEGIN)', re.DOTALL)


class Key:
    """Prepared keys by algorithm, the kid they go by, and the time of day they are accepted until."""

    def __init__(self, prepared, kid=ANY, until=inf):
        self.prepared, self.kid, self.until = prepared, kid, until


def prepare(alg, key):
    """The library's form of a PEM or JWK, or None when it does not fit the algorithm."""
    try:
        algorithm = JWS.get_algorithm_by_name(alg)
    except NotImplementedError:
        raise ConfigurationError(f'{alg} needs the cryptography package') from None
    try:
        prepared = algorithm.prepare_key(algorithm.from_jwk(key) if isinstance(key, dict) else key)
    except Exception:  # the library lets its parsers' many errors through
        return None
    if alg == 'EdDSA':
        fits = type(prepared).__name__ == 'Ed25519PublicKey'
    else:
        fits = alg[0] == 'E' or prepared.key_size >= 2048  # the library has checked the curve
    return prepared if fits and hasattr(prepared, 'verify') else None  # only public keys verify


def read_key(data, config, until=inf):
    """The key in a secret, parameter or variable."""
    algorithms = config['algorithms']
    if algorithms[0] in HASH_BYTES:
        least = max(HASH_BYTES[alg] for alg in algorithms)
        if _NO_SECRET.search(data):
            raise ConfigurationError('The HMAC secret is a key of another kind')
        if not data or len(data) < least and not config['allowShortSecrets']:
            raise ConfigurationError(f'The HMAC secret is empty or shorter than {least} bytes')
        try:
            JWS.get_algorithm_by_name(algorithms[0]).prepare_key(data)
        except Exception:
            raise ConfigurationError('The HMAC secret is refused by PyJWT: it is a key of another kind') from None
        if len(data) < least:
            warnings.simplefilter('ignore', InsecureKeyLengthWarning)  # the user said so
        return Key(dict.fromkeys(algorithms, data), until=until)
    prepared = {}
    if _PUBLIC_PEM.match(data):
        prepared = {alg: key for alg in algorithms if (key := prepare(alg, data))}
    if not prepared:
        raise ConfigurationError('The key is no PEM public key that fits ' + ' or '.join(algorithms))
    return Key(prepared, until=until)


def choose(keys, alg, kid):
    """The keys that may have signed; a set of keys without a kid is asked only when one alone fits."""
    now = clock.time()
    fitting = [key for key in keys if alg in key.prepared and now < key.until and (kid is None or key.kid in (ANY, kid))]
    return fitting if kid or len(fitting) < 2 or fitting[0].kid is ANY else []


def open_store(config):
    """The store that holds the configured keys."""
    spec = config['key']
    kind = spec['type']
    if kind in ('jwks', 'userPool'):
        from .jwks import fetch_set
        url = spec.get('url') or spec['issuer'] + '/.well-known/jwks.json'
        return FetchedKey(lambda: fetch_set(url, config['algorithms']), spec['ttl'], spec['cooldown'])
    if kind in ('secret', 'parameter'):
        from .secrets import fetcher
        return FetchedKey(fetcher(spec, config), spec['ttl'], 30)

    def static():
        data = os.fsencode(spec['pem'] if kind == 'publicKey' else os.environ.get(spec['name'], ''))
        if not data:
            raise ConfigurationError(f'Environment variable {spec["name"]} is missing or empty')
        return [read_key(data, config)]

    return FetchedKey(static, inf, None)
