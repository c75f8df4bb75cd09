"""Refunds an order, as long as the shop's settings allow."""
import json

SETTINGS = json.load(open("/opt/settings/shop.json"))


def handler(event, context):
    return {"refunded": event["daysSinceOrder"] <= SETTINGS["refundDays"]}
