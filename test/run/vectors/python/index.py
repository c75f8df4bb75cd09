"""Runs vectors and tells the verdicts: the event's `cases` is their JSON, as text, so that this language reads it itself."""
import base64
import json
import os

import auth_utils
from auth_utils import clock, jwks

VARIABLES = dict(os.environ)


def token_of(recipe):
    if not isinstance(recipe, dict):
        return recipe
    if 'bytes' in recipe:
        return base64.b64decode(recipe['bytes'])
    if 'value' in recipe:
        return recipe['value']
    return recipe['prefix'] + recipe['repeat'] * recipe['times'] + recipe['suffix']


def served(case):
    """What the server of the key set answers: the only part that is not real here."""
    def get(url):
        document = case['jwks']
        return document.encode() if isinstance(document, str) else json.dumps(document).encode()
    return get


def run(case):
    config = case['config']
    os.environ.clear()
    os.environ.update(VARIABLES, **case.get('env', {}))
    if config is not None:
        os.environ['AUTH_UTILS_CONFIG'] = config if isinstance(config, str) else json.dumps(config)
    clock.time = lambda: case['now']
    jwks._get = served(case)
    auth_utils.reset()
    try:
        result = auth_utils.verify_token(token_of(case['token']))
    except auth_utils.ConfigurationError:
        return {'configurationError': True}
    if result['valid']:
        expected = case['expect'].get('payload')
        return {'valid': True, 'payload': 'as expected' if result['payload'] == expected else repr(result['payload'])}
    return {'valid': False, 'code': result['code'], 'error': result['error']}


def handle(case):
    """The answer of require_auth or an authoriser, or what it raises."""
    options = case.get('options', {})
    try:
        if case['kind'] == 'authorizer':
            return {'answer': auth_utils.create_authorizer(**options)(case['event'], None)}
        answer = auth_utils.require_auth(lambda event, context: {'passed': event['requestContext']['authorizer']}, **options)(case['event'], None)
        return answer if 'passed' in answer else {'answer': answer}
    except auth_utils.ConfigurationError:
        return {'raised': 'ConfigurationError'}
    except Exception as error:
        return {'raised': str(error)}


def handler(event, context):
    if 'handlers' in event:
        os.environ.clear()
        os.environ.update(VARIABLES, JWT_SECRET=event['secret'], AUTH_UTILS_CONFIG='{}')
        auth_utils.reset()
        return {case['id']: handle(case) for case in event['handlers']}
    return {case['id']: run(case) for case in json.loads(event['cases'])}
