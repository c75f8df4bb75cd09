"""Returns the QR code of a text as SVG. Shares the layer with the function that shortens URLs."""
import io

import qrcode
import qrcode.image.svg


def handler(event, context):
    text = (event.get("queryStringParameters") or {}).get("text", "")
    image = qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage)
    buffer = io.BytesIO()
    image.save(buffer)
    return {"statusCode": 200, "headers": {"Content-Type": "image/svg+xml"}, "body": buffer.getvalue().decode()}
