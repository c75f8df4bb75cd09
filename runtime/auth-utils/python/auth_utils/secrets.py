"""Keys in Secrets Manager and Parameter Store."""
import json
import os
import re
from functools import cache

from . import clock
from .errors import ConfigurationError, Refused
from .keys import read_key

_LASTING = {'NoCredentialsError', 'NoRegionError', 'ParamValidationError', 'ModuleNotFoundError'}


def _is_object(text):
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def fetcher(spec, config):
    """A function that reads the current key and, within the overlap, the previous one."""
    name, field = spec.get('id') or spec['name'], spec['field']

    @cache
    def client():
        from boto3 import Session  # the runtime's own, and slow to import
        from botocore.config import Config
        region = name.split(':')[3] if name.startswith('arn:') else os.environ.get('AWS_REGION')
        limits = Config(connect_timeout=3, read_timeout=3, retries={'total_max_attempts': 2})
        return Session().client('secretsmanager' if 'id' in spec else 'ssm', region_name=region, config=limits)

    def ask(current):
        if 'id' in spec:
            answer = client().get_secret_value(SecretId=name, VersionStage='AWSPREVIOUS' if current else 'AWSCURRENT')
            return answer.get('SecretString') or answer['SecretBinary'], answer['CreatedDate'], answer
        version = f':{current["Version"] - 1}' if current else ''
        answer = client().get_parameter(Name=name + version, WithDecryption=True)['Parameter']
        return answer['Value'], answer['LastModifiedDate'], answer

    def read(current=None):
        try:
            value, date, answer = ask(current)
        except Exception as error:
            kind = type(error).__name__
            passing = kind not in _LASTING
            if response := getattr(error, 'response', None):
                kind = response['Error']['Code']
                status = response['ResponseMetadata']['HTTPStatusCode']
                passing = status // 100 != 4 or status == 429 or re.search('throttl|toomany|limitexceeded|timeout', kind, re.IGNORECASE)
            if passing:
                raise Refused('key_unavailable') from None
            raise ConfigurationError(f'{name} cannot be read: {kind}') from None
        if field:
            try:
                value = (json.loads(value)[field] if isinstance(value, str) else None).encode()
            except Exception:  # of many types; their messages quote the secret
                raise ConfigurationError(f'{name} has no text field {field}') from None
        elif isinstance(value, str) and _is_object(value):
            raise ConfigurationError(f'{name} is a JSON object: say in which field the key is')
        return value.encode() if isinstance(value, str) else value, date.timestamp() + spec['overlap'], answer

    def fetch():
        value, until, answer = read()
        keys = [read_key(value, config)]
        if clock.time() < until:
            try:
                keys.append(read_key(read(answer)[0], config, until))
            except ConfigurationError:
                pass  # there is none, or it is unfit
        return keys

    return fetch
