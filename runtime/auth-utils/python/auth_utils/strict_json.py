"""JSON that all parsers read alike. PyJWT takes duplicate members, NaN and lone surrogates, so these checks are ours."""
import json
import re
from math import isfinite

_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


def _object(pairs):
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError
    return members


def _integer(digits):
    if len(digits.lstrip('-')) > 300:
        raise ValueError
    return int(digits)


def _finite(text):  # NaN and Infinity come here too
    if not isfinite(number := float(text)):
        raise ValueError
    return number


_decode = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_finite, parse_constant=_finite).decode


def read_object(data):
    """The object in these bytes; ValueError for anything else."""
    text = data.decode()
    if text.count('{') + text.count('[') > 16:
        depth = 0
        for bracket in re.findall(r'[][{}]', _STRING.sub('', text)):
            depth += 1 if bracket in '[{' else -1
            if depth > 16:
                raise ValueError
    value = _decode(text)
    if '\\u' in text:
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate has no UTF-8
    if not isinstance(value, dict):
        raise ValueError
    return value
