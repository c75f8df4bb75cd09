"""What the tests share: tokens, environment, clocks, servers on loopback."""

import base64
import datetime
import hashlib
import hmac
import ipaddress
import json
import os
import ssl
import tempfile
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock

import auth_utils
import jwt
from auth_utils import clock
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SECRET = 'a-secret-of-more-than-sixty-four-bytes-so-that-it-serves-each-of-the-hashes'
DUMMY_AWS = {
    'AWS_ACCESS_KEY_ID': 'test',
    'AWS_SECRET_ACCESS_KEY': 'test',
    'AWS_REGION': 'eu-west-1',
    'AWS_DEFAULT_REGION': 'eu-west-1',
    'AWS_EC2_METADATA_DISABLED': 'true',
}


def b64(data):
    """Canonical base64url of bytes, text, or the JSON of an object."""
    if not isinstance(data, (bytes, str)):
        data = json.dumps(data)
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else data.encode()).rstrip(b'=').decode()


def sign(header, payload, secret=SECRET):
    """An HS256 token of any header and payload, fit or not."""
    signed = f'{b64(header)}.{b64(payload)}'
    return f'{signed}.{b64(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}'


def claims(**more):
    """Claims that are valid, with what a test changes; `...` leaves one out."""
    given = {'sub': 'user-1', 'exp': int(clock.time()) + 600, **more}
    return {name: value for name, value in given.items() if value is not ...}


def token(*, secret=SECRET, header=None, **more):
    """An HS256 token."""
    return sign({'alg': 'HS256', 'typ': 'JWT', **(header or {})}, claims(**more), secret)


class Clocks:
    """Both clocks, moved together."""

    def __init__(self):
        self.ahead = 0

    def __enter__(self):
        self._patches = [mock.patch.object(clock, name, lambda real=getattr(time, name): real() + self.ahead) for name in ('time', 'monotonic')]
        for patch in self._patches:
            patch.start()
        return self

    def __exit__(self, *_):
        for patch in self._patches:
            patch.stop()


class Case(unittest.TestCase):
    """A test with its own environment, moving clocks, and nothing remembered."""

    def setUp(self):
        self.clocks = self.enterContext(Clocks())
        self.enterContext(mock.patch.dict(os.environ))
        for name in ('AUTH_UTILS_CONFIG', 'JWT_SECRET', 'AWS_ENDPOINT_URL'):
            os.environ.pop(name, None)
        os.environ['JWT_SECRET'] = SECRET
        auth_utils.reset()
        self.addCleanup(auth_utils.reset)

    def configure(self, **config):
        """Sets the configuration and forgets the one before."""
        os.environ['AUTH_UTILS_CONFIG'] = json.dumps(config)
        auth_utils.reset()

    def assertCode(self, code, given):
        """The exact answer for this code; None for a valid token."""
        result = auth_utils.verify_token(given)
        if code is None:
            self.assertEqual(result.keys(), {'valid', 'payload'}, result)
            self.assertIs(result['valid'], True)
            return
        error = 'Token cannot be verified now' if code == 'key_unavailable' else 'Invalid token'
        self.assertEqual(result, {'valid': False, 'error': error, 'code': code})

    def assertUnfit(self, given='x.y.z', *secrets, say=''):
        """ConfigurationError, whose message holds no secret and not the token."""
        with self.assertRaises(auth_utils.ConfigurationError) as caught:
            auth_utils.verify_token(given)
        for text in (SECRET, given, *secrets):
            self.assertNotIn(text, str(caught.exception))
        self.assertIn(say, str(caught.exception))


def pem(key):
    """SPKI of a private key's public half."""
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def private_pem(key):
    """PKCS #8 of a private key."""
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def jwk(key, alg, **more):
    """The public JWK of a private key."""
    return {**jwt.get_algorithm_by_name(alg).to_jwk(key.public_key(), as_dict=True), **more}


def certificate():
    """A certificate for localhost that is its own authority: (certificate file, key file), and the key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'localhost')])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName('localhost'), x509.IPAddress(ipaddress.ip_address('127.0.0.1'))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    folder = tempfile.mkdtemp()
    paths = os.path.join(folder, 'certificate.pem'), os.path.join(folder, 'key.pem')
    for path, text in zip(paths, (made.public_bytes(serialization.Encoding.PEM).decode(), private_pem(key))):
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
    return folder, paths, made


class Server:
    """A real HTTP(S) server on loopback that counts its requests and answers as `behave(handler)` does."""

    def __init__(self, behave, certificate_files=None, port=0):
        self.behave, self.count = behave, 0
        lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self):
                with lock:
                    outer.count += 1
                try:
                    outer.behave(self)
                except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                    pass  # the client went away

            do_GET = do_POST = _serve

            def log_message(self, *_):
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass

        self._server = Quiet(('127.0.0.1', port), Handler)
        if certificate_files:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate_files)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={'poll_interval': 0.02}, daemon=True)
        self._thread.start()

    def stop(self):
        """No longer listens; the port refuses connections."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def answer(body, status=200, **headers):
    """A behaviour: this body, JSON unless it is bytes."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    def behave(handler):
        handler.send_response(status)
        for name, value in {'Content-Type': 'application/json', 'Content-Length': str(len(data)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    return behave


def at_once(count, work):
    """Runs `work` in so many threads that all start together; their results."""
    barrier = threading.Barrier(count)
    results = []

    def run():
        barrier.wait(30)
        results.append(work())

    old = threading.stack_size(256 * 1024)
    try:
        threads = [threading.Thread(target=run) for _ in range(count)]
        for thread in threads:
            thread.start()
    finally:
        threading.stack_size(old)
    for thread in threads:
        thread.join(30)
    return results
