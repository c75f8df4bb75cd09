import json

from auth_utils import verify_token

# Stands for a table.
ORDERS = {'ada': ['order-1', 'order-2'], 'bob': ['order-3']}


def handler(event, context):
    # An HTTP API gives the names of headers in lower case.
    auth_header = event.get('headers', {}).get('authorization', '')
    result = verify_token(auth_header.replace('Bearer ', '') if auth_header else '')
    if not result['valid']:
        return {'statusCode': 401, 'body': json.dumps({'error': 'Unauthorized'})}
    user_id = result['payload']['sub']
    return {'statusCode': 200, 'body': json.dumps({'orders': ORDERS.get(user_id, [])})}
