"""The claims, in one order for both languages: the libraries differ, and PyJWT takes numbers in texts."""
from . import clock
from .errors import Refused


def _number(value):
    if type(value) not in (int, float):
        raise Refused('malformed')
    return value


def _check_text(claims, name):
    if not isinstance(claims.get(name, ''), str):
        raise Refused('malformed')


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

    _check_text(claims, 'iss')
    if config['issuer'] and claims.get('iss') != config['issuer']:
        raise Refused('wrong_issuer' if 'iss' in claims else 'missing_claim')

    audience = claims.get('aud', [])
    if isinstance(audience, str):
        audience = [audience]
    if not isinstance(audience, list) or not all(isinstance(one, str) for one in audience):
        raise Refused('malformed')
    if config['audience'] and not any(one in config['audience'] for one in audience):
        raise Refused('wrong_audience' if 'aud' in claims else 'missing_claim')

    _check_text(claims, 'sub')
    _check_text(claims, 'jti')
    pool = config['key']
    if pool['type'] == 'userPool':
        use = claims.get('token_use')
        if use not in pool['tokenUse']:
            raise Refused('wrong_token_use')
        if not any(one in pool['clients'] for one in (audience if use == 'id' else [claims.get('client_id')])):
            raise Refused('wrong_audience')
