"""Shortens a URL and returns it with its QR code."""
import io
import json
import os

import pyshorteners
import qrcode
import qrcode.image.svg

# Any service that answers as TinyURL does: the short URL as text.
API_URL = os.environ.get("SHORTENER_API_URL", "http://tinyurl.com/api-create.php")
TIMEOUT_SECONDS = float(os.environ.get("SHORTENER_TIMEOUT_SECONDS", "5"))


def handler(event, context):
    url = (event.get("queryStringParameters") or {}).get("url")
    if not url:
        return respond(400, {"error": "the query parameter url is missing"})
    try:
        short = pyshorteners.Shortener(api_url=API_URL, timeout=TIMEOUT_SECONDS).tinyurl.short(url)
    except Exception as error:  # requests' and pyshorteners' own errors have no common base
        return respond(502, {"error": f"the shortening service failed: {type(error).__name__}"})
    return respond(200, {"shortUrl": short, "qrCode": qr_code(short)})


def qr_code(text):
    image = qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage)
    buffer = io.BytesIO()
    image.save(buffer)
    return buffer.getvalue().decode()


def respond(status, body):
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
