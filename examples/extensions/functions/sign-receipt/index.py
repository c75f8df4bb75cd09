import hashlib
import hmac
import os

from extension_client import get_secret


def handler(event, context):
    # Asked for at each invocation: it costs less than a millisecond, and is the new key when the key was rotated.
    key = get_secret(os.environ['RECEIPT_KEY'])
    receipt = event['receipt']
    return {'receipt': receipt, 'signature': hmac.new(key.encode(), receipt.encode(), hashlib.sha256).hexdigest()}
