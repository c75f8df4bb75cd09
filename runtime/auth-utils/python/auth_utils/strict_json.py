"""JSON that every parser reads alike. PyJWT takes duplicate members, NaN and lone surrogates, so these checks are ours."""
import json
import re
from math import isfinite

_DEPTH = 16
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


def _object(pairs):
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError('duplicate member')
    return members


def _integer(digits):
    if len(digits.lstrip('-')) > 300:
        raise ValueError('integer too long')
    return int(digits)


def _finite(text):
    number = float(text)
    if not isfinite(number):
        raise ValueError('number not finite')
    return number


# float('NaN') and float('Infinity') are not finite: the same check refuses them.
_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_finite, parse_constant=_finite)


def _check_depth(text):
    depth = 0
    for bracket in re.findall(r'[][{}]', _STRING.sub('', text)):
        depth += 1 if bracket in '[{' else -1
        if depth > _DEPTH:
            raise ValueError('nested too deep')


def read_object(data):
    """The object in these bytes; ValueError for anything else."""
    text = data.decode()
    if text.count('{') + text.count('[') > _DEPTH:
        _check_depth(text)
    value = _decoder.decode(text)
    if not isinstance(value, dict):
        raise ValueError('not an object')
    if '\\u' in text:
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate has no UTF-8: UnicodeEncodeError is a ValueError
    return value
