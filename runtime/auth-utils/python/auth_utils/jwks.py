"""Key sets over https."""
import json
from http.client import HTTPSConnection
from socket import SHUT_RDWR
from threading import Thread
from time import monotonic

from .errors import Refused
from .keys import Key, prepare

_SECONDS = 3
_BYTES = 262144
_KEYS = 100


def _get(url):
    """The body. The time limit is for all of it, whatever hangs: a socket's own starts anew with each address and each byte."""
    host, _, path = url[len('https://'):].partition('/')
    answers = []
    end = monotonic() + _SECONDS
    connection = None

    def work():
        nonlocal connection
        try:
            connection = HTTPSConnection(host, timeout=_SECONDS)
            connection.connect()
            if monotonic() < end:  # else nobody waits any more
                connection.request('GET', '/' + path, headers={'Accept': 'application/json'})
                response = connection.getresponse()
                if response.status == 200:  # redirects are not followed
                    answers.append(response.read(_BYTES + 1))
        except Exception:
            pass  # whatever it was, there is no answer
        finally:
            if connection:
                connection.close()

    worker = Thread(target=work, daemon=True)
    worker.start()
    worker.join(_SECONDS)
    if not answers:
        try:
            connection.sock.shutdown(SHUT_RDWR)  # ends a read that drips on
        except (AttributeError, OSError):
            pass  # not connected
        raise Refused('key_unavailable')
    return answers[0]


def _key(jwk, algorithms):
    operations = jwk.get('key_ops', ['verify'])
    if jwk.get('use', 'sig') != 'sig' or not isinstance(operations, list) or 'verify' not in operations:
        return None
    fitting = {alg: key for alg in algorithms if jwk.get('alg', alg) == alg and (key := prepare(alg, jwk))}
    return Key(fitting, jwk.get('kid')) if fitting else None


def fetch_set(url, algorithms):
    """The usable keys of the set at this address."""
    body = _get(url)
    try:
        members = json.loads(body)['keys']
        if len(body) > _BYTES or not isinstance(members, list) or len(members) > _KEYS:
            raise ValueError
    except (LookupError, TypeError, ValueError, RecursionError):
        raise Refused('key_unavailable') from None
    return [key for jwk in members if isinstance(jwk, dict) and (key := _key(jwk, algorithms))]
