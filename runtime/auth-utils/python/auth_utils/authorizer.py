"""Lambda authorisers for API Gateway."""
import json

from .bearer import find_token, scopes_of, strip_scheme
from .errors import ConfigurationError, Refused
from .token import read_claims


def create_authorizer(*, response=None, scopes=()):
    """An authoriser with the response form 'simple' or 'iam' (default: as the event's version asks) and the scopes that tokens need."""
    if response not in (None, 'simple', 'iam'):
        raise ConfigurationError('The response of an authorizer is simple or iam')

    def authorizer(event, context=None):
        claims = {}
        allowed = False
        try:
            if 'authorizationToken' in event:
                token = strip_scheme(event['authorizationToken'], optional=True)
            else:
                token = find_token(event)
            claims = read_claims(token)
            allowed = set(scopes).issubset(scopes_of(claims))
        except Refused as refused:
            if refused.args[0] == 'key_unavailable':
                raise Exception('Service Unavailable') from None  # an answer would be cached
            if 'methodArn' in event and response != 'simple':
                raise Exception('Unauthorized') from None  # the text that API Gateway turns into 401
        simple = event.get('version') == '2.0' if response is None else response == 'simple'
        if simple:
            return {'isAuthorized': True, 'context': _context(claims)} if allowed else {'isAuthorized': False}
        # Answers are cached by token: one for this method alone would refuse the caller's next call.
        stage = '/'.join((event.get('methodArn') or event['routeArn']).split('/')[:2])
        statement = {'Action': 'execute-api:Invoke', 'Effect': 'Allow' if allowed else 'Deny', 'Resource': stage + '/*'}
        policy = {'Version': '2012-10-17', 'Statement': [statement]}
        return {'principalId': claims.get('sub') or 'unknown', 'policyDocument': policy, 'context': _context(claims)}

    return authorizer


def _context(claims):
    texts = {name: claims[name] for name in ('sub', 'scope') if isinstance(claims.get(name), str)}
    return {**texts, 'claims': json.dumps(claims, separators=(',', ':'))} if claims else {}


authorizer = create_authorizer()
