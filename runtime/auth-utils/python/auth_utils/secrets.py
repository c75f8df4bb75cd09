"""Keys in Secrets Manager and Parameter Store. boto3 is the runtime's own and slow to import: only functions with such a key do."""
import json
import os
from functools import cache

from . import clock
from .errors import ConfigurationError, Refused
from .keys import read_key

_NETWORK = ('HTTPClientError', 'ConnectionError', 'ResponseParserError')


def _secret(client, spec, current):
    answer = client.get_secret_value(SecretId=spec['id'], VersionStage='AWSPREVIOUS' if current else 'AWSCURRENT')
    return answer.get('SecretString', answer.get('SecretBinary')), answer['CreatedDate'], answer


def _parameter(client, spec, current):
    version = f':{current["Version"] - 1}' if current else ''
    answer = client.get_parameter(Name=spec['name'] + version, WithDecryption=True)['Parameter']
    return answer['Value'], answer['LastModifiedDate'], answer


def _is_passing(error):
    """Whether trying again may help: network, throttling, faults of the service."""
    response = getattr(error, 'response', None)
    if not isinstance(response, dict):
        return any(kind.__name__ in _NETWORK for kind in type(error).__mro__)
    code = response['Error']['Code']
    return response['ResponseMetadata']['HTTPStatusCode'] >= 500 or 'Throttl' in code or code in ('TooManyRequestsException', 'RequestLimitExceeded')


def fetcher(spec, config):
    """A function that reads the current key and, within the overlap, the previous one."""
    is_secret = spec['type'] == 'secret'
    name = spec['id' if is_secret else 'name']

    @cache
    def client():
        from boto3 import Session
        from botocore.config import Config
        region = name.split(':')[3] if name.startswith('arn:') else os.environ.get('AWS_REGION')
        limits = Config(connect_timeout=3, read_timeout=3, retries={'total_max_attempts': 2})
        return Session().client('secretsmanager' if is_secret else 'ssm', region_name=region, config=limits)

    def read(current=None):
        try:
            return (_secret if is_secret else _parameter)(client(), spec, current)
        except Exception as error:
            if _is_passing(error):
                raise Refused('key_unavailable') from None
            code = getattr(error, 'response', {}).get('Error', {}).get('Code') or type(error).__name__
            raise ConfigurationError(f'{name} cannot be read: {code}') from None

    def key(value, until):
        field = spec['field']
        if field:
            try:
                value = json.loads(value)[field] if isinstance(value, str) else None
            except (LookupError, TypeError, ValueError):
                value = None
            if not isinstance(value, str):
                raise ConfigurationError(f'{name} has no text field {field}')
        return read_key(value.encode() if isinstance(value, str) else value, config, until)

    def fetch():
        value, date, answer = read()
        keys = [key(value, float('inf'))]
        until = date.timestamp() + spec['overlap']
        if clock.time() < until:
            try:
                keys.append(key(read(answer)[0], until))
            except ConfigurationError:
                pass  # no previous one, or it was never fit
        return keys

    return fetch
