"""Talks to a server of this process, tells encodings, draws codes."""
import gzip
import http.server
import io
import json
import threading

import certifi
import charset_normalizer
import idna
import qrcode
import qrcode.image.svg
import requests
import urllib3
from PIL import Image


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self, body, **headers):
        self.send_response(200)
        for name, value in {**headers, 'Content-Length': str(len(body))}.items():
            self.send_header(name.replace('_', '-'), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == '/moved':
            self.send_response(302)
            self.send_header('Location', '/zipped')
            self.send_header('Content-Length', '0')
            self.end_headers()
        elif self.path == '/zipped':
            self.answer(gzip.compress(b'{"x": 1}'), Content_Type='application/json', Content_Encoding='gzip', Set_Cookie='a=b')
        else:
            self.answer(('Grüße aus Köln, schöne Straße. ' * 8).encode(), Content_Type='text/plain')

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        self.answer(json.dumps({'type': self.headers['Content-Type'], 'bytes': len(body)}).encode())

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f'http://127.0.0.1:{server.server_port}'

with requests.Session() as session:
    session.trust_env = False
    session.mount('http://', requests.adapters.HTTPAdapter(max_retries=urllib3.Retry(2, backoff_factor=0)))
    moved = session.get(f'{url}/moved', timeout=5)
    assert moved.json() == {'x': 1} and moved.history[0].status_code == 302 and session.cookies['a'] == 'b'
    assert session.post(url, json={'a': 1}, timeout=5).json()['type'] == 'application/json'
    form = session.post(url, files={'f': ('ü.txt', b'text')}, auth=('user', 'word'), timeout=5).json()
    assert form['type'].startswith('multipart/form-data')
    assert session.get(url, timeout=5).apparent_encoding.replace('-', '') == 'utf8'

pool = urllib3.PoolManager(cert_reqs='CERT_REQUIRED', ca_certs=certifi.where())
assert pool.request('GET', f'{url}/zipped').json() == {'x': 1}
assert b''.join(pool.request('GET', f'{url}/zipped', preload_content=False).stream(4)) == b'{"x": 1}'
try:
    urllib3.PoolManager(retries=False).request('GET', 'http://127.0.0.1:1/')
    raise SystemExit('nothing listens there')
except urllib3.exceptions.NewConnectionError:
    pass

text = 'Привет, мир! Это обычный русский текст для проверки. ' * 8
assert str(charset_normalizer.from_bytes(text.encode('utf-8')).best()) == text
assert charset_normalizer.detect(text.encode('cp1251'))['encoding'].lower() in ('cp1251', 'windows-1251')
assert charset_normalizer.is_binary(bytes(range(256)) * 8)
# Its modules were compiled; their sources are gone.
assert charset_normalizer.md.__file__.endswith('.so')
assert idna.encode('straße.example', uts46=True) == b'xn--strae-oqa.example'

drawing = io.BytesIO()
qrcode.make('https://example.com', image_factory=qrcode.image.svg.SvgPathImage).save(drawing)
assert b'<svg' in drawing.getvalue() and b'<path' in drawing.getvalue()
picture = qrcode.make('https://example.com').get_image()
for kind in ('PNG', 'JPEG', 'WEBP', 'TIFF'):
    stored = io.BytesIO()
    picture.convert('RGB').save(stored, kind)
    assert Image.open(io.BytesIO(stored.getvalue())).resize((8, 8), Image.Resampling.LANCZOS).size == (8, 8)
server.shutdown()
