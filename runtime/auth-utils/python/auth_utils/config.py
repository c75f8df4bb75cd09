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
        return type(value) in (int, float) and (value >= 1 and value % 1 == 0 if name == 'maxTokenBytes' else value >= 0)
    if isinstance(default, list) or name == 'audience':
        return isinstance(value, list) and value and all(isinstance(one, str) and one for one in value)
    return isinstance(value, type(default or '')) and value


def _need(fits, name):
    if not fits:
        raise ConfigurationError(f'AUTH_UTILS_CONFIG: {name} is unknown, missing or unfit')


def _complete(given, defaults):
    for name in {**defaults, **given}:
        _need(name in defaults, name)
        if name in given or defaults[name] is not None:
            _need(_fits(name, given.get(name, defaults[name]), defaults[name]), name)
    return {**defaults, **given}


def read_config():
    try:
        given = read_object(os.environ.get('AUTH_UTILS_CONFIG', '{}').encode())
    except ValueError:
        raise ConfigurationError('AUTH_UTILS_CONFIG is not a strict JSON object') from None
    config = _complete(given, _FIELDS)
    kind = str(config['key'].get('type'))
    _need(kind in _KEYS, 'key.type')
    key = config['key'] = _complete(config['key'], {'type': '', **_KEYS[kind]})
    algorithms = set(config['algorithms'])
    # Never both kinds: a public key must not serve as an HMAC secret.
    hmac = algorithms & HASH_BYTES.keys()
    _need(algorithms <= _ALGORITHMS and hmac in (algorithms, set()), 'algorithms')
    if kind in ('jwks', 'userPool', 'publicKey'):
        _need(not hmac, f'algorithms (asymmetric for {kind})')
    if kind == 'userPool':
        _need(config['issuer'] in (None, key['issuer']), 'issuer (not the pool)')
        _need({'access', 'id'}.issuperset(key['tokenUse']), 'tokenUse')
        config['issuer'] = key['issuer']
        key['url'] = key['issuer'] + '/.well-known/jwks.json'
    if 'url' in key:
        _need(re.fullmatch(r'https://[\w.:[\]-]+(/[!-~]*)?', key['url'], re.ASCII), 'url or issuer of the key')
    return config
