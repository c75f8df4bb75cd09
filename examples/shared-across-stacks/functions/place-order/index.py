"""Takes an order. Needs the shared packages only."""
import json

import structlog

log = structlog.get_logger()


def handler(event, context):
    order = json.loads(event["body"])
    log.info("order placed", items=len(order["items"]))
    return {"statusCode": 201, "body": json.dumps({"items": len(order["items"])})}
