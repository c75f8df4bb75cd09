"""AUTH_UTILS_CONFIG, checked and with its defaults."""
import os
import re

from .errors import ConfigurationError
from .strict_json import read_object

HASH_BYTES = {'HS256': 32, 'HS384': 48, 'HS512': 64}
_ALGORITHMS = {*HASH_BYTES, 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'}


def _text(value):
    return isinstance(value, str) and value != ''


def _texts(value):
    return isinstance(value, list) and value != [] and all(map(_text, value))


def _algorithms(value):
    # Never both kinds: a public key must not become an HMAC secret.
    return _texts(value) and _ALGORITHMS.issuperset(value) and len({name in HASH_BYTES for name in value}) == 1


def _uses(value):
    return _texts(value) and {'access', 'id'}.issuperset(value)


def _https(value):
    return _text(value) and re.fullmatch(r'https://[\w.:[\]-]+(/[!-~]*)?', value, re.ASCII)


def _seconds(value):
    return type(value) in (int, float) and value >= 0


def _flag(value):
    return isinstance(value, bool)


def _size(value):
    return type(value) is int and value > 0


# name: (check, default); `...` marks what must be given
_STORED = {'field': (_text, None), 'ttl': (_seconds, 300), 'overlap': (_seconds, 0)}
_SET = {'ttl': (_seconds, 600), 'cooldown': (_seconds, 30)}
_KEYS = {
    'environment': {'name': (_text, ...)},
    'secret': {'id': (_text, ...), **_STORED},
    'parameter': {'name': (_text, ...), **_STORED},
    'jwks': {'url': (_https, ...), **_SET},
    'userPool': {'issuer': (_https, ...), 'clients': (_texts, ...), 'tokenUse': (_uses, ['access', 'id']), **_SET},
    'publicKey': {'pem': (_text, ...)},
}
_FIELDS = {
    'key': (lambda value: isinstance(value, dict), {'type': 'environment', 'name': 'JWT_SECRET'}),
    'algorithms': (_algorithms, ['HS256']),
    'issuer': (_text, None),
    'audience': (_texts, None),
    'leeway': (_seconds, 0),
    'requireExpiration': (_flag, True),
    'allowShortSecrets': (_flag, False),
    'maxTokenBytes': (_size, 16384),
}


def _complete(given, fields, where):
    if unknown := given.keys() - fields:
        raise ConfigurationError(f'{where} has an unknown field: {min(unknown)}')
    for name, (fits, default) in fields.items():
        if not fits(given[name]) if name in given else default is ...:
            raise ConfigurationError(f'{where}: {name} is missing or unfit')
    return {name: given.get(name, default) for name, (_, default) in fields.items()}


def read_config():
    """The configuration as one dictionary."""
    try:
        given = read_object(os.environ.get('AUTH_UTILS_CONFIG', '{}').encode())
    except ValueError:
        raise ConfigurationError('AUTH_UTILS_CONFIG is not one strict JSON object') from None
    config = _complete(given, _FIELDS, 'AUTH_UTILS_CONFIG')
    kind = str(config['key'].get('type'))
    if kind not in _KEYS:
        raise ConfigurationError('AUTH_UTILS_CONFIG.key: type is missing or unfit')
    key = config['key'] = _complete(config['key'], {'type': (_text, ...), **_KEYS[kind]}, 'AUTH_UTILS_CONFIG.key')
    if kind in ('jwks', 'userPool', 'publicKey') and config['algorithms'][0] in HASH_BYTES:
        raise ConfigurationError(f'A key of type {kind} needs asymmetric algorithms')
    if kind == 'userPool':
        if config['issuer'] not in (None, key['issuer']):
            raise ConfigurationError('AUTH_UTILS_CONFIG: issuer differs from that of the user pool')
        config['issuer'] = key['issuer']
    return config
