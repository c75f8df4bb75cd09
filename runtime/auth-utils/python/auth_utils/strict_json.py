"""JSON that all parsers read alike. PyJWT takes duplicate members, NaN and lone surrogates, so these checks are ours."""
import json
from math import isfinite


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


def _shallow(value, levels=16):
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return True
    return levels > 0 and all(_shallow(one, levels - 1) for one in value)


_decode = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_finite, parse_constant=_finite).decode


def read_object(data):
    """The object in these bytes; ValueError for anything else."""
    text = data.decode()
    try:
        value = _decode(text)
    except RecursionError:
        raise ValueError from None
    if text.count('{') + text.count('[') > 16 and not _shallow(value):
        raise ValueError
    if '\\u' in text:
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate has no UTF-8
    if not isinstance(value, dict):
        raise ValueError
    return value
