"""Public keys, key sets over real https, and the clients of user pools."""

import json
import os
import shutil
import subprocess
import sys
import time

import auth_utils
import jwt
from auth_utils import verify_token
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from support import SECRET, Case, Server, answer, at_once, b64, certificate, claims, jwk, pem, private_pem, sign

RSA = rsa.generate_private_key(65537, 2048)
RSA_2 = rsa.generate_private_key(65537, 2048)
RSA_SHORT = rsa.generate_private_key(65537, 1024)
P256, P384, P521 = (ec.generate_private_key(curve()) for curve in (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1))
P256_2 = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()
ED_448 = ed448.Ed448PrivateKey.generate()
FITTING = {
    'RS256': RSA,
    'RS384': RSA,
    'RS512': RSA,
    'PS256': RSA,
    'PS384': RSA,
    'PS512': RSA,
    'ES256': P256,
    'ES384': P384,
    'ES512': P521,
    'EdDSA': ED,
}


def token(key, alg, kid=None, **more):
    return jwt.encode(claims(**more), key, alg, {'kid': kid} if kid else None)


def openssl(*arguments, given=''):
    return subprocess.run(['openssl', *arguments], input=given, capture_output=True, text=True, check=True, timeout=60).stdout


RSA_PSS = openssl('pkey', '-pubout', given=openssl('genpkey', '-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'))


class PublicKey(Case):
    def use(self, text, *algorithms):
        self.configure(algorithms=list(algorithms), key={'type': 'publicKey', 'pem': text})

    def test_every_algorithm(self):
        for alg, key in FITTING.items():
            self.use(pem(key), alg)
            good = token(key, alg, 'any kid')
            self.assertCode(None, good)
            head, body, signature = good.split('.')
            self.assertCode('bad_signature', f'{head}.{b64(claims(sub="root"))}.{signature}')
            for wrong in (b64(b'x'), b64(bytes(64)), b64(bytes(256)), b64(bytes(255)), signature + 'AAAA', b64(bytes(1000))):
                self.assertCode('bad_signature', f'{head}.{body}.{wrong}')
            self.use('\n' + pem(key), 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA')
            self.assertCode(None, good)

    def test_public_key_is_no_secret(self):
        self.use(pem(RSA), 'RS256')
        self.assertCode('algorithm_not_allowed', sign({'alg': 'HS256'}, claims(), pem(RSA)))

    def test_algorithm_that_the_key_does_not_fit(self):
        self.use(pem(P256), 'ES256', 'RS256')
        self.assertCode('unknown_key', token(RSA, 'RS256'))

    def test_unfit(self):
        pkcs1 = RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1).decode()
        ssh = RSA.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
        cert = certificate()
        shutil.rmtree(cert[0])
        cert = cert[2].public_bytes(serialization.Encoding.PEM).decode()
        self.assertIn('PUBLIC KEY', RSA_PSS)
        for text, alg in (
            (pem(RSA), 'ES256'),
            (pem(RSA_SHORT), 'RS256'),
            (pem(RSA_SHORT), 'PS256'),
            (pem(P256), 'ES384'),
            (pem(P384), 'ES256'),
            (pem(P521), 'ES384'),
            (pem(P256), 'RS256'),
            (pem(ED), 'ES256'),
            (pem(ED_448), 'EdDSA'),
            (pem(RSA), 'EdDSA'),
            (private_pem(RSA), 'RS256'),
            (private_pem(P256), 'ES256'),
            (private_pem(ED), 'EdDSA'),
            (pkcs1, 'RS256'),
            (ssh, 'RS256'),
            (cert, 'ES256'),
            ('text', 'RS256'),
            (pem(RSA) + private_pem(RSA), 'RS256'),
            (pem(RSA) + pem(RSA), 'RS256'),
            (pem(RSA) + 'x', 'RS256'),
            ('x' + pem(RSA), 'RS256'),
            (pem(RSA) + '\u00a0', 'RS256'),
            (pem(RSA).replace('M', '_', 1), 'RS256'),
            (pem(RSA).replace('-----\n', '-----\nA: b\n', 1), 'RS256'),
            (pem(RSA).replace('END PUBLIC', 'END RSA'), 'RS256'),
            (RSA_PSS, 'RS256'),
            (RSA_PSS, 'PS256'),
            (private_pem(RSA) + pem(RSA), 'RS256'),
            (pem(RSA).replace('M', 'N'), 'RS256'),
            (SECRET, 'RS256'),
        ):
            self.use(text, alg)
            self.assertUnfit(token(FITTING[alg], alg), text, say=alg)

    def test_from_the_environment(self):
        os.environ['PUBLIC'] = pem(ED)
        self.configure(algorithms=['EdDSA'], key={'type': 'environment', 'name': 'PUBLIC'})
        self.assertCode(None, token(ED, 'EdDSA'))
        os.environ['PUBLIC'] = private_pem(ED)
        auth_utils.reset()
        self.assertUnfit(token(ED, 'EdDSA'), private_pem(ED), say='EdDSA')

    def test_without_cryptography_the_fault_is_named(self):
        code = (
            'import sys; sys.modules["cryptography"] = None\n'
            'import auth_utils\n'
            f'try: auth_utils.verify_token({token(P256, "ES256")!r})\n'
            'except auth_utils.ConfigurationError as error: print(error)'
        )
        self.use(pem(P256), 'ES256')
        done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, timeout=20, check=True)
        self.assertIn('ES256 needs the cryptography package', done.stdout)


class SetCase(Case):
    """A test with a certificate that is trusted."""

    @classmethod
    def setUpClass(cls):
        folder, cls.files, _ = certificate()
        cls.addClassCleanup(shutil.rmtree, folder)

    def setUp(self):
        super().setUp()
        os.environ['SSL_CERT_FILE'] = self.files[0]


class KeySet(SetCase):
    def serve(self, behave, host='localhost', port=0, **config):
        server = Server(behave, self.files, port)
        self.addCleanup(server.stop)
        self.configure(algorithms=['RS256', 'ES256'], key={'type': 'jwks', 'url': f'https://{host}:{server.port}/keys', **config})
        return server

    def test_rotation(self):
        server = self.serve(answer({'keys': [jwk(P256, 'ES256', kid='1')]}))
        old, new = token(P256, 'ES256', '1'), token(P256_2, 'ES256', '2')
        self.assertCode(None, old)
        server.behave = answer({'keys': [jwk(P256, 'ES256', kid='1'), jwk(P256_2, 'ES256', kid='2')]})
        self.assertCode(None, new)
        self.assertCode(None, old)
        self.assertEqual(server.count, 2)
        server.behave = answer({'keys': [jwk(RSA_2, 'RS256', kid='2')]})
        self.clocks.ahead = 601
        self.assertCode('unknown_key', new)
        self.assertCode(None, token(RSA_2, 'RS256', '2'))

    def test_same_kid_with_a_new_key(self):
        server = self.serve(answer({'keys': [jwk(P256, 'ES256', kid='1')]}))
        self.assertCode(None, token(P256, 'ES256', '1'))
        server.behave = answer({'keys': [jwk(P256_2, 'ES256', kid='1')]})
        self.assertCode(None, token(P256_2, 'ES256', '1'))
        self.assertEqual(server.count, 2)

    def test_unknown_kid_cools_down(self):
        server = self.serve(answer({'keys': [jwk(P256, 'ES256', kid='1')]}), cooldown=20)
        self.assertCode(None, token(P256, 'ES256', '1'))
        for number in range(50):
            self.assertCode('unknown_key', token(P256, 'ES256', f'other-{number}'))
        self.assertCode('bad_signature', token(P256_2, 'ES256', '1'))
        self.assertEqual(server.count, 2)
        self.clocks.ahead = 19
        self.assertCode('unknown_key', token(P256, 'ES256', 'other'))
        self.assertEqual(server.count, 2)
        self.clocks.ahead = 21
        self.assertCode('unknown_key', token(P256, 'ES256', 'other'))
        self.assertEqual(server.count, 3)

    def test_time_to_live(self):
        server = self.serve(answer({'keys': [jwk(P256, 'ES256', kid='1')]}), ttl=100)
        for ahead, count in ((0, 1), (99, 1), (101, 2), (150, 2), (202, 3)):
            self.clocks.ahead = ahead
            self.assertCode(None, token(P256, 'ES256', '1'))
            self.assertEqual(server.count, count)

    def test_choice(self):
        one, two = jwk(P256, 'ES256'), jwk(RSA, 'RS256')
        for keys, given, code in (
            ([one, two], token(P256, 'ES256'), None),  # without kid: one key fits
            ([one, jwk(P256_2, 'ES256')], token(P256, 'ES256'), 'unknown_key'),
            ([{**one, 'kid': 'a'}], token(P256, 'ES256'), None),
            ([one], token(P256, 'ES256', 'a'), 'unknown_key'),
            ([{**two, 'kid': 'a'}, {**one, 'kid': 'a'}], token(P256, 'ES256', 'a'), None),
            ([{**one, 'kid': 5}], token(P256, 'ES256', '5'), 'unknown_key'),
            ([], token(P256, 'ES256', 'a'), 'unknown_key'),
            ([{**two, 'kid': 'a'}], token(P256, 'ES256', 'a'), 'unknown_key'),
            *(
                ([{**one, 'kid': 'a', **more}], token(P256, 'ES256', 'a'), code)
                for more, code in (
                    ({'use': 'sig'}, None),
                    ({'use': 'enc'}, 'unknown_key'),
                    ({'key_ops': ['verify']}, None),
                    ({'key_ops': ['sign']}, 'unknown_key'),
                    ({'key_ops': 5}, 'unknown_key'),
                    ({'key_ops': 'verify'}, 'unknown_key'),
                    ({'key_ops': None}, 'unknown_key'),
                    ({'d': ''}, 'unknown_key'),
                    ({'d': None}, 'unknown_key'),
                    ({'alg': None}, 'unknown_key'),
                    ({'alg': 'ES256'}, None),
                    ({'alg': 'ES384'}, 'unknown_key'),
                    ({'alg': 'RS256'}, 'unknown_key'),
                    ({'kty': 'oct', 'k': 'AAAA'}, 'unknown_key'),
                    ({'kty': 5}, 'unknown_key'),
                    ({'crv': 'P-384'}, 'unknown_key'),
                    ({'x': 5}, 'unknown_key'),
                    ({'x': 'AAAA'}, 'unknown_key'),
                    ({'y': None}, 'unknown_key'),
                    ({'x5c': ['x'], 'x5u': 'https://elsewhere.example'}, None),
                )
            ),
            ([{**jwk(RSA_SHORT, 'RS256'), 'kid': 'a'}], token(RSA, 'RS256', 'a'), 'unknown_key'),
            ([jwt.get_algorithm_by_name('ES256').to_jwk(P256, as_dict=True)], token(P256, 'ES256'), 'unknown_key'),  # a private key
            ([None, 5, 'x', [], {}, one], token(P256, 'ES256'), None),
        ):
            with self.subTest(keys=keys):
                self.serve(answer({'keys': keys}))
                self.assertCode(code, given)

    def test_bad_servers(self):
        good = {'keys': [jwk(P256, 'ES256', kid='1')]}
        ten_megabytes = b'{"keys":[],"x":"' + b'x' * 10_000_000 + b'"}'
        elsewhere = Server(answer(good), self.files)
        self.addCleanup(elsewhere.stop)
        for name, behave in {
            'redirect': answer(b'', 302, Location=f'https://localhost:{elsewhere.port}/keys'),
            'moved': answer(good, 301, Location=f'https://localhost:{elsewhere.port}/keys'),
            '500': answer(good, 500),
            '404': answer(good, 404),
            '204': answer(b'', 204),
            '10 MB': answer(ten_megabytes),
            'garbage': answer(b'\x00\xff<html>'),
            'too big': answer({**good, 'x': 'x' * 262144}),
            'too big by spaces': answer(json.dumps(good).encode() + b' ' * 262144),
            'list': answer([good]),
            'null': answer(None),
            'no keys': answer({}),
            'keys no list': answer({'keys': {}}),
            '101 keys': answer({'keys': good['keys'] * 101}),
            'deep': answer(b'[' * 200_000),
            'empty': answer(b''),
            'short': lambda handler: handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"keys":[]'),
            'closed': lambda handler: None,
            'no http': lambda handler: handler.wfile.write(b'220 mail ready\r\n'),
        }.items():
            with self.subTest(name):
                server = self.serve(behave)
                for _ in range(3):
                    self.assertCode('key_unavailable', token(P256, 'ES256', '1'))
                self.assertEqual(server.count, 1)
                server.behave = answer(good)
                self.clocks.ahead += 6
                self.assertCode(None, token(P256, 'ES256', '1'))
        self.assertEqual(elsewhere.count, 0)
        self.serve(answer({'keys': good['keys'] * 100}))
        self.assertCode(None, token(P256, 'ES256', '1'))
        self.serve(answer({**good, 'x': 'x' * 260_000}))
        self.assertCode(None, token(P256, 'ES256', '1'))

    def test_slow_servers(self):
        def hangs(handler):
            time.sleep(4)

        def drips(handler):
            handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n')
            for _ in range(40):
                handler.wfile.write(b' ')
                time.sleep(0.1)

        def drips_headers(handler):
            handler.wfile.write(b'HTTP/1.1 200 OK\r\nX: ')
            for _ in range(40):
                handler.wfile.write(b'x')
                time.sleep(0.1)

        for behave in (hangs, drips, drips_headers):
            server = self.serve(behave)
            start = time.monotonic()
            self.assertCode('key_unavailable', token(P256, 'ES256', '1'))
            self.assertTrue(2.9 < time.monotonic() - start < 3.5, time.monotonic() - start)
            start = time.monotonic()
            self.assertCode('key_unavailable', token(P256, 'ES256', '1'))
            self.assertLess(time.monotonic() - start, 0.5)
            self.assertEqual(server.count, 1)

    def test_down_at_start_and_back_later(self):
        server = self.serve(answer({'keys': [jwk(P256, 'ES256', kid='1')]}))
        server.stop()
        self.assertCode('key_unavailable', token(P256, 'ES256', '1'))
        back = Server(answer({'keys': [jwk(P256, 'ES256', kid='1')]}), self.files, server.port)
        self.assertCode('key_unavailable', token(P256, 'ES256', '1'))  # the failure is remembered for 5 s
        self.assertEqual(back.count, 0)
        self.clocks.ahead = 5.5
        self.assertCode(None, token(P256, 'ES256', '1'))
        back.stop()
        self.clocks.ahead = 700
        self.assertCode(None, token(P256, 'ES256', '1'))  # the last good set stays
        self.assertCode('unknown_key', token(P256, 'ES256', '2'))

    def test_last_good_set_is_retried(self):
        server = self.serve(answer({'keys': [jwk(P256, 'ES256', kid='1')]}))
        self.assertCode(None, token(P256, 'ES256', '1'))
        server.behave = answer({}, 500)
        for ahead, count in ((601, 2), (604, 2), (607, 3), (610, 3)):
            self.clocks.ahead = ahead
            self.assertCode(None, token(P256, 'ES256', '1'))
            self.assertEqual(server.count, count)
        server.behave = answer({'keys': [jwk(P256_2, 'ES256', kid='1')]})
        self.clocks.ahead = 613
        self.assertCode(None, token(P256_2, 'ES256', '1'))

    def test_certificate_is_checked(self):
        server = self.serve(answer({'keys': [jwk(P256, 'ES256', kid='1')]}))
        del os.environ['SSL_CERT_FILE']
        self.assertCode('key_unavailable', token(P256, 'ES256', '1'))
        self.assertEqual(server.count, 0)
        os.environ['SSL_CERT_FILE'] = self.files[0]
        self.serve(answer({'keys': [jwk(P256, 'ES256', kid='1')]}), host='127.0.0.1')
        self.assertCode(None, token(P256, 'ES256', '1'))
        self.serve(answer({'keys': [jwk(P256, 'ES256', kid='1')]}), host='localhost.localdomain')
        self.assertCode('key_unavailable', token(P256, 'ES256', '1'))

    def test_many_callers_make_one_fetch(self):
        def slow(handler):
            time.sleep(0.3)
            answer({'keys': [jwk(P256, 'ES256', kid='1')]})(handler)

        server = self.serve(slow, cooldown=0)
        given = token(P256, 'ES256', '1')
        results = at_once(2000, lambda: verify_token(given)['valid'])
        self.assertEqual((len(results), set(results), server.count), (2000, {True}, 1))
        server.behave = answer({'keys': [jwk(P256_2, 'ES256', kid='2')]})
        given = token(P256_2, 'ES256', '2')  # rotated under load
        results = at_once(500, lambda: verify_token(given)['valid'])
        self.assertEqual((len(results), set(results), server.count), (500, {True}, 2))

    def test_refetch_does_not_hold_up_the_others(self):
        server = self.serve(answer({'keys': [jwk(P256, 'ES256', kid='1')]}))
        given = token(P256, 'ES256', '1', exp=5_000_000_000)
        self.assertCode(None, given)

        def slow(handler):
            time.sleep(1)
            answer({'keys': [jwk(P256, 'ES256', kid='1')]})(handler)

        server.behave = slow
        self.clocks.ahead = 601

        def timed():
            start = time.monotonic()
            self.assertIs(verify_token(given)['valid'], True)
            return time.monotonic() - start

        times = sorted(at_once(20, timed))
        self.assertEqual((len(times), server.count), (20, 2))
        self.assertGreater(times[-1], 0.9)
        self.assertLess(times[-2], 0.6)


class UserPool(SetCase):
    def test_tokens_of_a_pool(self):
        paths = []

        def behave(handler):
            paths.append(handler.path)
            answer({'keys': [{**jwk(RSA, 'RS256', kid='1', use='sig'), 'alg': 'RS256'}]})(handler)

        server = Server(behave, self.files)
        self.addCleanup(server.stop)
        issuer = f'https://localhost:{server.port}/eu-west-1_pool'
        pool = {'type': 'userPool', 'issuer': issuer, 'clients': ['client-1', 'client-2']}
        identity = {'iss': issuer, 'token_use': 'id', 'aud': 'client-2'}
        access = {'iss': issuer, 'token_use': 'access', 'client_id': 'client-1'}
        for uses, given, code in (
            (None, identity, None),
            (None, access, None),
            (['id'], access, 'wrong_token_use'),
            (['access'], identity, 'wrong_token_use'),
            (['access'], access, None),
            (None, {**identity, 'aud': 'other'}, 'wrong_audience'),
            (None, {**identity, 'aud': ...}, 'wrong_audience'),
            (None, {**access, 'client_id': 'other'}, 'wrong_audience'),
            (None, {**access, 'client_id': ...}, 'wrong_audience'),
            (None, {**access, 'client_id': ['client-1']}, 'wrong_audience'),
            (None, {**identity, 'aud': 'other', 'client_id': 'client-1'}, 'wrong_audience'),
            (None, {**access, 'client_id': 'x', 'aud': 'client-1'}, 'wrong_audience'),
            (None, {**access, 'token_use': ...}, 'wrong_token_use'),
            (None, {**access, 'token_use': []}, 'wrong_token_use'),
            (None, {**access, 'token_use': 'refresh'}, 'wrong_token_use'),
            (None, {**access, 'iss': issuer + 'x'}, 'wrong_issuer'),
            (None, {**access, 'iss': ...}, 'missing_claim'),
            (None, {**access, 'exp': 1}, 'expired'),
        ):
            with self.subTest(given):
                self.configure(algorithms=['RS256'], key={**pool, **({'tokenUse': uses} if uses else {})})
                self.assertCode(code, token(RSA, 'RS256', '1', **given))
        self.assertEqual(set(paths), {'/eu-west-1_pool/.well-known/jwks.json'})
