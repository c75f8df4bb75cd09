"""Imports every module of a list, one a line on stdin, and prints those that fail with their error, as JSON."""
import importlib
import json
import sys
import warnings

warnings.simplefilter('ignore')
out, sys.stdout = sys.stdout, sys.stderr  # What modules print is no answer.
failures = {}
for name in sys.stdin.read().split():
    try:
        importlib.import_module(name)
    except BaseException as error:  # A module may end the process, too.
        failures[name] = f'{type(error).__name__}: {error}'
json.dump(failures, out)
