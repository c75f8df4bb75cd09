"""The claims, in one order for both languages: the libraries differ, and PyJWT takes numbers in texts."""
from . import clock
from .errors import Refused


def _need(fits):
    if not fits:
        raise Refused('malformed')


def _number(value):
    _need(type(value) in (int, float))
    return value


def check_claims(claims, config):
    now, leeway = int(clock.time()), config['leeway']
    if 'exp' in claims:
        if _number(claims['exp']) <= now - leeway:
            raise Refused('expired')
    elif config['requireExpiration']:
        raise Refused('missing_claim')
    for name in ('nbf', 'iat'):
        if name in claims and _number(claims[name]) > now + leeway:
            raise Refused('not_yet_valid')

    _need(isinstance(claims.get('iss', ''), str))
    if config['issuer'] and claims.get('iss') != config['issuer']:
        raise Refused('wrong_issuer' if 'iss' in claims else 'missing_claim')

    audience = claims.get('aud', [])
    if isinstance(audience, str):
        audience = [audience]
    _need(isinstance(audience, list) and all(isinstance(one, str) for one in audience))
    if config['audience'] and not any(one in config['audience'] for one in audience):
        raise Refused('wrong_audience' if 'aud' in claims else 'missing_claim')

    _need(isinstance(claims.get('sub', ''), str) and isinstance(claims.get('jti', ''), str))
    pool = config['key']
    if pool['type'] == 'userPool':
        use = claims.get('token_use')
        if use not in pool['tokenUse']:
            raise Refused('wrong_token_use')
        if not any(one in pool['clients'] for one in (audience if use == 'id' else [claims.get('client_id')])):
            raise Refused('wrong_audience')
