"""AUTH_UTILS_CONFIG, checked and with its defaults."""
import os
import re

from .errors import ConfigurationError
from .strict_json import read_object

HASH_BYTES = {'HS256': 32, 'HS384': 48, 'HS512': 64}
_ALGORITHMS = {*HASH_BYTES, 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'}
# A default gives the type too. What is required has an empty one, which does not fit.
_FIELDS = {
    'key': {'type': 'environment', 'name': 'JWT_SECRET'}, 'algorithms': ['HS256'], 'issuer': None, 'audience': None, 'leeway': 0,
    'requireExpiration': True, 'allowShortSecrets': False, 'maxTokenBytes': 16384,
}
_STORED = {'field': None, 'ttl': 300, 'overlap': 0}
_SET = {'ttl': 600, 'cooldown': 30}
_KEYS = {
    'environment': {'name': ''},
    'secret': {'id': '', **_STORED},
    'parameter': {'name': '', **_STORED},
    'jwks': {'url': '', **_SET},
    'userPool': {'issuer': '', 'clients': [], 'tokenUse': ['access', 'id'], **_SET},
    'publicKey': {'pem': ''},
}


def _fits(name, value, default):
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, int):
        return type(value) in (int, float) and value >= 0
    if isinstance(default, list) or name == 'audience':
        return isinstance(value, list) and value and all(isinstance(one, str) and one for one in value)
    return isinstance(value, type(default or '')) and value


def _complete(given, defaults):
    for name in {**defaults, **given}:
        default = defaults.get(name, ...)
        if default is ... or (name in given or default is not None) and not _fits(name, given.get(name, default), default):
            raise ConfigurationError(f'AUTH_UTILS_CONFIG: {name} is unknown, missing or unfit')
    return {**defaults, **given}


def read_config():
    try:
        given = read_object(os.environ.get('AUTH_UTILS_CONFIG', '{}').encode())
    except ValueError:
        raise ConfigurationError('AUTH_UTILS_CONFIG is not a strict JSON object') from None
    config = _complete(given, _FIELDS)
    kind = str(config['key'].get('type'))
    key = config['key'] = _complete(config['key'], {'type': '', **_KEYS.get(kind, {})})
    url = key.get('url') or kind == 'userPool' and key['issuer']
    hmac = {name in HASH_BYTES for name in config['algorithms']}
    for fits, what in (
        (kind in _KEYS, 'key.type'),
        (_ALGORITHMS.issuperset(config['algorithms']), 'algorithms'),
        (len(hmac) == 1, 'algorithms (HMAC and asymmetric ones together)'),  # or a public key could serve as a secret
        (kind not in ('jwks', 'userPool', 'publicKey') or True not in hmac, f'algorithms (key {kind} needs asymmetric ones)'),
        (not url or re.fullmatch(r'https://[\w.:[\]-]+(/[!-~]*)?', url, re.ASCII), 'address of the keys'),
        ({'access', 'id'}.issuperset(key.get('tokenUse', ())), 'tokenUse'),
        (kind != 'userPool' or config['issuer'] in (None, url), 'issuer (differs from the pool)'),
    ):
        if not fits:
            raise ConfigurationError(f'AUTH_UTILS_CONFIG: unfit {what}')
    if kind == 'userPool':
        config['issuer'] = url
        key['url'] = url + '/.well-known/jwks.json'
    return config
