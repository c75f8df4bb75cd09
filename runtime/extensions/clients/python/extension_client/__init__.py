"""Reads the secrets, parameters and configurations that SecretsExtension and ConfigExtension keep beside the function.

A value is read over loopback in less than a millisecond, and is what its service has, as new as the extension's property `refresh` says.
"""
from __future__ import annotations

import base64
import collections
import http.client
import json
import os
from urllib.parse import quote, urlencode

# What type checkers take for true; functions that start have nothing to load for it.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ['ExtensionError', 'get_configuration', 'get_parameter', 'get_secret']

# The extension itself waits for a service no longer than a second.
_TIMEOUT_SECONDS = 5


class ExtensionError(Exception):
    """A value cannot be had. `code` is the service's, as in AccessDeniedException, or the extension's own, `status` that of HTTP or None."""

    def __init__(self, message: str, code: str, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def get_secret(secret_id: str, stage: str = 'AWSCURRENT') -> str | bytes:
    """Returns a secret's value, a str, or bytes for a binary one.

    secret_id is the ARN or the name, stage AWSCURRENT, or AWSPREVIOUS for the value before the last rotation.
    Raises ExtensionError.
    """
    path = '/secretsmanager/get?' + urlencode({'secretId': secret_id, 'versionStage': stage})
    secret = json.loads(_get('SecretsExtension', 'SECRETS_EXTENSION_CONFIG', path, f'the secret {secret_id}')[1])
    return secret['SecretString'] if secret.get('SecretString') is not None else base64.b64decode(secret['SecretBinary'])


def get_parameter(name: str) -> str:
    """Returns a parameter's value, decrypted. Raises ExtensionError."""
    path = '/systemsmanager/parameters/get?' + urlencode({'name': name, 'withDecryption': 'true'})
    return json.loads(_get('ConfigExtension', 'CONFIG_EXTENSION_CONFIG', path, f'the parameter {name}')[1])['Parameter']['Value']


def get_configuration(application: str, environment: str, profile: str) -> Any:
    """Returns a configuration of AppConfig: parsed when it is JSON, else a str. All three are ids. Raises ExtensionError."""
    path = '/applications/{}/environments/{}/configurations/{}'.format(*(quote(part, safe='') for part in (application, environment, profile)))
    kind, body = _get('ConfigExtension', 'CONFIG_EXTENSION_CONFIG', path, f'the configuration {application}/{environment}/{profile}')
    return json.loads(body) if kind.startswith('application/json') else body.decode()


# Connections that nobody uses now, for any thread. A child process has none of its parent's.
_idle = collections.defaultdict(list)
os.register_at_fork(after_in_child=_idle.clear)

# What was read, by port and path: its ETag, Content-Type and body.
_known = {}


def _get(construct, variable, path, what):
    port = _port(construct, variable)
    etag, *known = _known.get((port, path), (None,))
    headers = {'X-Aws-Parameters-Secrets-Token': os.environ.get('AWS_SESSION_TOKEN') or os.environ.get('AWS_CONTAINER_AUTHORIZATION_TOKEN', '')}
    if etag:
        headers['If-None-Match'] = etag
    try:
        response, body = _request(port, path, headers)
    except (OSError, http.client.HTTPException) as error:
        raise ExtensionError(f'{what}: no answer from 127.0.0.1:{port}: the log of the function tells what the extension of {construct} did: {error}',
                             'Unreachable') from error
    if response.status == 304:
        return known
    if response.status != 200:
        raise _refusal(what, response.status, body)
    kind = response.headers.get('Content-Type', '')
    _known[port, path] = response.headers.get('ETag'), kind, body
    return kind, body


def _port(construct, variable):
    settings = os.environ.get(variable)
    if settings is None:
        raise ExtensionError(f'the environment has no {variable}: attach a {construct} to this function', 'NotAttached')
    return json.loads(settings)['port']


def _request(port, path, headers):
    try:
        connection = _idle[port].pop()
    except IndexError:
        return _send(_connection(port), path, headers)
    try:
        return _send(connection, path, headers)
    except (ConnectionError, http.client.HTTPException):
        # It was closed in the meantime.
        return _send(_connection(port), path, headers)


def _connection(port):
    return http.client.HTTPConnection('127.0.0.1', port, timeout=_TIMEOUT_SECONDS)


def _send(connection, path, headers):
    try:
        connection.request('GET', path, headers=headers)
        response = connection.getresponse()
        body = response.read()
    except BaseException:
        # What comes late must not answer the next request.
        connection.close()
        raise
    _idle[connection.port].append(connection)
    return response, body


def _refusal(what, status, body):
    try:
        error = json.loads(body)['error']
        return ExtensionError(f'{what}: {error["code"]}: {error["message"]}', error['code'], status)
    except (ValueError, KeyError, TypeError):
        return ExtensionError(f'{what}: what answers with status {status} is not the extension: give it another port', 'InvalidAnswer', status)
