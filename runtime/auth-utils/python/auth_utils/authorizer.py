import json

from .errors import ConfigurationError, Refused
from .require_auth import check_scopes, find_token, scopes_of, strip_scheme
from .token import read_claims


def create_authorizer(*, response=None, scopes=()):
    """A Lambda authoriser that answers 'simple' or 'iam' (default: as the event's version asks)."""
    if response not in (None, 'simple', 'iam'):
        raise ConfigurationError('The response of an authorizer is simple or iam')
    scopes = check_scopes(scopes)

    def authorizer(event, context=None):
        if not isinstance(event, dict):
            event = {}
        method, route = (arn if isinstance(arn, str) else '' for arn in map(event.get, ('methodArn', 'routeArn')))
        simple = response == 'simple' or response is None and event.get('version') == '2.0'
        claims, effect, context = {}, 'Deny', {}
        try:
            token = strip_scheme(event['authorizationToken'], needed=False) if 'authorizationToken' in event else find_token(event)
            claims = read_claims(token)
            if set(scopes).issubset(scopes_of(claims)):
                effect = 'Allow'
                context = {name: claims[name] for name in ('sub', 'scope') if isinstance(claims.get(name), str)}
                context['claims'] = json.dumps(claims, separators=(',', ':'))
        except Refused as refused:
            if refused.args[0] == 'key_unavailable':
                raise Exception('Token cannot be verified now') from None  # an answer would be cached
            if method and not simple:
                raise Exception('Unauthorized') from None  # API Gateway turns this text into 401
        if simple:
            return {'isAuthorized': True, 'context': context} if effect == 'Allow' else {'isAuthorized': False}
        if not (method or route):
            raise Exception('Unauthorized')  # a policy needs one of them
        # Answers are cached by token: one for this method alone would refuse the caller's next call.
        stage = '/'.join((method or route).split('/')[:2])
        statements = [{'Action': 'execute-api:Invoke', 'Effect': effect, 'Resource': stage + '/*'}]
        answer = {'principalId': claims.get('sub') or 'unknown', 'policyDocument': {'Version': '2012-10-17', 'Statement': statements}}
        return {**answer, 'context': context} if effect == 'Allow' else answer

    return authorizer


authorizer = create_authorizer()
