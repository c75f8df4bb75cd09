"""verify_token with an HMAC secret of the environment: form, header, claims, codes."""

import json
import os
import time
import unittest
import warnings
from unittest import mock

import auth_utils
import jwt
from auth_utils import clock, verify_token
from auth_utils import token as token_module
from support import SECRET, Case, at_once, b64, claims, sign, token

GOOD = {'alg': 'HS256'}


def handler(event, context):
    """The snippet of the documentation."""
    auth_header = event.get('headers', {}).get('Authorization', '')
    result = verify_token(auth_header.replace('Bearer ', '') if auth_header else '')
    if not result['valid']:
        return {'statusCode': 401, 'body': json.dumps({'error': 'Unauthorized'})}
    return {'statusCode': 200, 'body': result['payload']['sub']}


class Snippet(Case):
    def test_works_with_only_a_secret(self):
        self.assertEqual(handler({'headers': {'Authorization': f'Bearer {token()}'}}, None), {'statusCode': 200, 'body': 'user-1'})
        for event in ({}, {'headers': {}}, {'headers': {'Authorization': 'Bearer nonsense'}}):
            self.assertEqual(handler(event, None)['statusCode'], 401)

    def test_answers_have_the_fields_of_the_contract(self):
        self.assertEqual(verify_token(token(exp=5_000_000_000)), {'valid': True, 'payload': {'sub': 'user-1', 'exp': 5_000_000_000}})
        self.assertEqual(verify_token('x'), {'valid': False, 'error': 'Invalid token', 'code': 'malformed'})

    def test_takes_the_librarys_own_tokens(self):
        self.assertCode(None, jwt.encode(claims(), SECRET))
        self.assertCode(None, jwt.encode(claims(), SECRET).encode())

    def test_first_use_by_many_threads_reads_the_configuration_once(self):
        given = token()
        results = at_once(200, lambda: verify_token(given)['valid'])
        self.assertEqual(results, [True] * 200)


class Form(Case):
    def test_missing(self):
        for given in (None, '', ' ', '\n\t ', b'', b'  '):
            self.assertCode('missing', given)

    def test_not_text(self):
        for given in (0, 1, True, [], ['a.b.c'], {}, object(), 1.5, b'\xff.a.b', b'\xff' * 20_000, '\xff.a.b', 'é' * 10):
            self.assertCode('malformed', given)

    def test_size(self):
        given = token(fill='x' * 500)
        self.configure(maxTokenBytes=len(given))
        self.assertCode(None, given)
        self.configure(maxTokenBytes=len(given) - 1)
        self.assertCode('too_large', given)
        self.configure()
        for huge in ('a' * 16385, 'a' * 1_000_000, '.' * 1_000_000):
            self.assertCode('too_large', huge)
        self.assertCode('malformed', 'a' * 16384)

    def test_parts(self):
        head, body, signature = token().split('.')
        for given in (
            'a',
            '..',
            '...',
            f'{head}.{body}',
            f'{head}.{body}.{signature}.',
            f'{head}..{signature}',
            f'.{body}.{signature}',
            f' {head}.{body}.{signature}',
            f'{head}.{body}.{signature}\n',
            f'{head}.{body}.{signature} ',
            f'{head}.{body}.{signature}.x',
        ):
            self.assertCode('malformed', given)

    def test_base64(self):
        head, body, signature = token().split('.')
        self.assertEqual(len(signature) % 4, 3)
        last = signature[-1]
        alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
        other = alphabet[alphabet.index(last) + 1]
        for changed in (
            signature[:-1] + other,
            signature + '=',
            signature[:-2],
            signature[:5] + '+' + signature[6:],
            signature[:5] + '/' + signature[6:],
            signature[:5] + '=' + signature[6:],
            signature[:5] + '\u00e9' + signature[6:],
            signature[:5] + '\u0661' + signature[6:],
        ):
            self.assertCode('malformed', f'{head}.{body}.{changed}')
        self.assertCode('malformed', f'{head}.{body}=.{signature}')
        self.assertCode('malformed', f'{head}.AB.{signature}')  # unused bits of two characters
        self.assertCode('malformed', f'{head}.AAB.{signature}')
        self.assertCode('malformed', f'{head}.AAAAA.{signature}')

    def test_empty_signature(self):
        none = f'{b64({"alg": "none"})}.{b64(claims())}.'
        self.assertCode('algorithm_not_allowed', none)
        self.assertCode('malformed', f'{b64(GOOD)}.{b64(claims())}.')
        self.assertCode('malformed', f'{b64({**GOOD, "crit": ["b64"]})}.{b64(claims())}.')
        self.assertCode(None, token())  # also when the header is remembered
        self.assertCode('malformed', token().rsplit('.', 1)[0] + '.')


BAD_JSON = [
    '[]',
    '1',
    '"a"',
    'null',
    '',
    '{',
    '{"alg":"HS256"}x',
    '{"alg":"HS256",}',
    "{'alg':'HS256'}",
    '\ufeff{"alg":"HS256"}',
    b'{"alg":"HS256","a":"\xff"}',
    b'{"alg":"HS256","a":"\xed\xa0\x80"}',
    '{"alg":"HS256","alg":"HS256"}',
    '{"alg":"HS256","a\\u006cg":"x"}',
    '{"alg":"HS256","a":{"b":1,"b":1}}',
    '{"alg":"HS256","a":[{"b":1,"\\u0062":2}]}',
    '{"alg":"HS256","a":NaN}',
    '{"alg":"HS256","a":Infinity}',
    '{"alg":"HS256","a":-Infinity}',
    '{"alg":"HS256","a":1e999}',
    '{"alg":"HS256","a":-1e999}',
    '{"alg":"HS256","a":' + '1' * 301 + '}',
    '{"alg":"HS256","a":-' + '1' * 301 + '}',
    '{"alg":"HS256","a":' + '1' * 5000 + '}',
    '{"alg":"HS256","a":"\\ud800"}',
    '{"alg":"HS256","\\udc00":1}',
    '{"alg":"HS256","a":[["\\uDBFF"]]}',
    '{"alg":"HS256","a":"\\udc00\\ud800"}',
    '{"alg":"HS256","a":' + '[' * 16 + ']' * 16 + '}',
    '{"a":' * 17 + '1' + '}' * 17,
    '[' * 5000,
    '{"a":' * 1500,
    '{"alg":"HS256","a":01}',
    '{"alg":"HS256","a":.5}',
    '{"alg":"HS256","a":"\x01"}',
    '{"alg":"HS256","a":"\\x"}',
    '{"alg":"HS256","a":"\\u12g4"}',
    '{"alg":"HS256" /* no */}',
    '{"alg":"HS256"}\x00',
    '\u00a0{"alg":"HS256"}',
]
GOOD_JSON = [
    ' {\t"alg" :\r\n"HS256" } ',
    '{"\\u0061lg":"HS256"}',
    '{"alg":"HS256","a":"\\ud83d\\ude00"}',
    '{"alg":"HS256","a":"\U0001f600 é"}',
    '{"alg":"HS256","a":' + '[' * 15 + ']' * 15 + '}',
    '{"alg":"HS256","a":"' + '[' * 40 + '{\\"{"}',
    '{"alg":"HS256","a":' + '1' * 300 + '}',
    '{"alg":"HS256","a":[' + ','.join(['[]'] * 40) + ']}',
    '{"alg":"HS256","a":[1.5,1e308,-0.0,true,null]}',
    '{"alg":"HS256","a":{"b":1},"c":{"b":1}}',
    '{"alg":"HS256","__proto__":{"a":1}}',
    '{"alg":"HS256","a":"\\\\ud800"}',
]


class StrictJson(Case):
    def test_header(self):
        for text in BAD_JSON:
            with self.subTest(text[:60]):
                self.assertCode('malformed', sign(text, claims()) if text else f'{b64(GOOD)[:1]}.{b64(claims())}.AAAA')
        for text in GOOD_JSON:
            with self.subTest(text[:60]):
                self.assertCode(None, sign(text, claims()))

    def test_payload(self):
        exp = f'"exp":{int(clock.time()) + 60}'
        for text in BAD_JSON:
            changed = text.replace('"alg":"HS256"', exp) if isinstance(text, str) else text.replace(b'"alg":"HS256"', exp.encode())
            if not changed or 'a\\u006cg' in str(text):
                continue
            with self.subTest(text[:60]):
                self.assertCode('malformed', sign(GOOD, changed))
        for text in GOOD_JSON[2:]:
            with self.subTest(text[:60]):
                self.assertCode(None, sign(GOOD, text.replace('"alg":"HS256"', exp)))

    def test_signature_is_judged_before_the_payload(self):
        self.assertCode('bad_signature', sign(GOOD, '{"a":1,"a":2}', 'another'))

    def test_integers_are_kept(self):
        self.assertEqual(verify_token(token(big=2**64 + 1))['payload']['big'], 2**64 + 1)


class Header(Case):
    def test_algorithm(self):
        for alg in ('none', 'None', 'hs256', 'HS384', 'RS256', 'HS256 ', '', None, 1, True, ['HS256'], {'a': 1}):
            self.assertCode('algorithm_not_allowed', sign({'alg': alg}, claims()))
        self.assertCode('algorithm_not_allowed', sign({}, claims()))
        self.assertCode('algorithm_not_allowed', sign({'crit': 1, 'kid': 1}, claims()))

    def test_unsupported(self):
        for name in ('crit', 'jku', 'x5u', 'x5c', 'jwk', 'zip', 'enc', 'b64'):
            for value in (None, [], ['exp'], True, False, 'https://attacker.example'):
                self.assertCode('unsupported_header', sign({**GOOD, name: value, 'kid': 5}, claims()))
        for name in ('x5t', 'x5t#S256', 'other'):
            self.assertCode(None, sign({**GOOD, name: 'x'}, claims()))

    def test_kid_typ_cty(self):
        for kid in (1, None, '', [], 'a' * 257, 'a\n', '\x00', '\x1fa', 'a\x7f'):
            self.assertCode('malformed', sign({**GOOD, 'kid': kid}, claims()))
        for kid in ('1', 'a' * 256, 'é', '../../etc/passwd', "' OR 1=1"):
            self.assertCode(None, sign({**GOOD, 'kid': kid}, claims()))
        for name in ('typ', 'cty'):
            self.assertCode('malformed', sign({**GOOD, name: None}, claims()))
            self.assertCode('malformed', sign({**GOOD, name: 1}, claims()))
            self.assertCode(None, sign({**GOOD, name: 'at+jwt'}, claims()))

    def test_more_headers_than_are_remembered(self):
        for number in range(100):
            self.assertCode(None, sign({**GOOD, 'kid': str(number)}, claims()))
            self.assertCode('bad_signature', sign({**GOOD, 'kid': str(number)}, claims(), 'another'))


class Signature(Case):
    def test_wrong(self):
        self.assertCode('bad_signature', token(secret=SECRET + 'x'))
        head, body, signature = token().split('.')
        self.assertCode('bad_signature', f'{head}.{b64(claims(sub="root"))}.{signature}')
        for wrong in (signature[:4], signature + 'AAAA', 'AA', b64(bytes(32)), b64(bytes(64))):
            self.assertCode('bad_signature', f'{head}.{body}.{wrong}')

    def test_all_hashes(self):
        for alg in ('HS256', 'HS384', 'HS512'):
            self.configure(algorithms=[alg])
            self.assertCode(None, jwt.encode(claims(), SECRET, alg))
            self.assertCode('bad_signature', jwt.encode(claims(), SECRET + 'x', alg))
        self.configure(algorithms=['HS512', 'HS256'])
        self.assertCode(None, jwt.encode(claims(), SECRET, 'HS256'))
        self.assertCode('algorithm_not_allowed', jwt.encode(claims(), SECRET, 'HS384'))


class Claims(Case):
    def setUp(self):
        super().setUp()
        self.clocks.ahead = 0
        self.enterContext(mock.patch.object(clock, 'time', lambda: 1_000_000.75))

    def test_exp(self):
        for exp, code in (
            (1_000_001, None),
            (1_000_000.5, None),
            (1_000_000, 'expired'),
            (999_999, 'expired'),
            (-5, 'expired'),
            (0, 'expired'),
            (1e300, None),
            (10**299, None),
            (..., 'missing_claim'),
            (None, 'malformed'),
            (True, 'malformed'),
            ('1000001', 'malformed'),
            ([], 'malformed'),
        ):
            self.assertCode(code, token(exp=exp))
        self.configure(leeway=10)
        for exp, code in ((999_991, None), (999_990, 'expired'), (999_990.5, None)):
            self.assertCode(code, token(exp=exp))
        self.configure(requireExpiration=False)
        for exp, code in ((..., None), (999_999, 'expired'), (None, 'malformed')):
            self.assertCode(code, token(exp=exp))

    def test_nbf_and_iat(self):
        for name in ('nbf', 'iat'):
            self.configure()
            for value, code in (
                (1_000_000, None),
                (1_000_000.5, 'not_yet_valid'),
                (1_000_001, 'not_yet_valid'),
                (..., None),
                (None, 'malformed'),
                (False, 'malformed'),
                ('1', 'malformed'),
            ):
                self.assertCode(code, token(**{name: value}))
            self.configure(leeway=1.5)
            for value, code in ((1_000_001.5, None), (1_000_001.75, 'not_yet_valid')):
                self.assertCode(code, token(**{name: value}))

    def test_issuer(self):
        self.assertCode('malformed', token(iss=1))
        self.assertCode(None, token(iss='anybody'))
        self.configure(issuer='https://issuer.example')
        for iss, code in (
            ('https://issuer.example', None),
            ('https://issuer.example/', 'wrong_issuer'),
            ('HTTPS://issuer.example', 'wrong_issuer'),
            ('', 'wrong_issuer'),
            (..., 'missing_claim'),
            (None, 'malformed'),
            (['https://issuer.example'], 'malformed'),
        ):
            self.assertCode(code, token(iss=iss))

    def test_audience(self):
        for aud, code in ((1, 'malformed'), (None, 'malformed'), ([1], 'malformed'), ({}, 'malformed'), ('any', None), ([], None)):
            self.assertCode(code, token(aud=aud))
        self.configure(audience=['orders', 'admin'])
        for aud, code in (
            ('orders', None),
            ('admin', None),
            (['x', 'admin'], None),
            ('order', 'wrong_audience'),
            ([], 'wrong_audience'),
            (['x'], 'wrong_audience'),
            ('', 'wrong_audience'),
            (..., 'missing_claim'),
            (None, 'malformed'),
            (['orders', 1], 'malformed'),
        ):
            self.assertCode(code, token(aud=aud))

    def test_sub_and_jti(self):
        for name in ('sub', 'jti'):
            for value, code in ((1, 'malformed'), (None, 'malformed'), ([], 'malformed'), ('', None), (..., None)):
                self.assertCode(code, token(**{name: value}))

    def test_order(self):
        self.configure(issuer='i', audience=['a'])
        for given, code in (
            ({'exp': 1, 'nbf': 'x'}, 'expired'),
            ({'nbf': 2_000_000, 'iat': 'x'}, 'not_yet_valid'),
            ({'iat': 2_000_000, 'iss': 1}, 'not_yet_valid'),
            ({'iss': 'x', 'aud': 1}, 'wrong_issuer'),
            ({'iss': 'i', 'aud': 'x', 'sub': 1}, 'wrong_audience'),
            ({'iss': 'i', 'aud': 'a', 'sub': 1, 'jti': 1}, 'malformed'),
        ):
            self.assertCode(code, token(**given))


class Attacks(Case):
    def test_json_is_read_in_linear_time(self):
        start = time.process_time()
        for text in (
            '[' * 17 + '"' + '\\"' * 6090,
            '{"a":' + '[' * 12_000,
            '{"a":"' + '\\"' * 6000,
            '{"alg":"HS256","a":' + '[' * 17 + '"' + '\\"' * 6000,
        ):
            self.assertCode('malformed', f'{b64(text)}.e30.AAAA')
        self.assertLess(time.process_time() - start, 0.3)

    def test_depth_of_brackets_in_texts_is_none(self):
        self.assertCode(None, token(x='[' * 100 + '"\\' + '{' * 100, y=[[]] * 40))
        for depth, code in ((15, None), (16, 'malformed'), (5000, 'malformed')):
            given = f'{{"exp":5000000000,"x":{"[" * depth}{"]" * depth}}}'
            self.assertCode(code, sign(GOOD, given))

    def test_remembered_headers_are_bounded_and_renewed(self):
        for number in range(100):
            self.assertCode(None, token(header={'n': number}))
        config, store, headers = token_module._state
        self.assertLessEqual(len(headers), 32)
        self.assertIn(b64({**GOOD, 'typ': 'JWT', 'n': 99}), headers)


class Configuration(Case):
    def test_faults(self):
        faults = ('', '[]', '{', 'null', '{"leeway":1,"leeway":2}', '{"leeway":NaN}', '{"leeway":1e999}', '{"issuer":"\\ud800"}')
        for text in (*faults, '{"key":{"type":"environment","name":"JWT_SECRET","name":"JWT_SECRET"}}'):
            os.environ['AUTH_UTILS_CONFIG'] = text
            auth_utils.reset()
            self.assertUnfit(say='AUTH_UTILS_CONFIG')
        unfit = [
            {'unknown': 1},
            {'algorithms': []},
            {'algorithms': 'HS256'},
            {'algorithms': ['none']},
            {'algorithms': ['hs256']},
            {'algorithms': [1]},
            {'algorithms': ['HS256', 'RS256']},
            {'issuer': 1},
            {'issuer': None},
            {'issuer': ''},
            {'audience': 'orders'},
            {'audience': []},
            {'audience': [1]},
            {'leeway': -1},
            {'leeway': '5'},
            {'leeway': True},
            {'requireExpiration': 1},
            {'allowShortSecrets': 'yes'},
            {'maxTokenBytes': '1'},
            {'maxTokenBytes': -1},
            {'maxTokenBytes': 0},
            {'maxTokenBytes': 0.5},
            {'maxTokenBytes': 100.5},
            {'maxTokenBytes': True},
            {'key': 1},
            {'key': {}},
            {'key': {'type': 'other'}},
            {'key': {'type': []}},
            {'key': {'type': 'environment'}},
            {'key': {'type': 'environment', 'name': ''}},
            {'key': {'type': 'environment', 'name': 'A', 'ttl': 1}},
            {'key': {'type': 'secret'}},
            {'key': {'type': 'secret', 'id': 'a', 'ttl': -1}},
            {'key': {'type': 'secret', 'id': 'a', 'overlap': 'x'}},
            {'key': {'type': 'parameter', 'id': 'a'}},
            {'key': {'type': 'parameter', 'name': 'a', 'field': ''}},
        ]
        asymmetric = [
            {'type': 'jwks'},
            {'type': 'jwks', 'url': 'http://keys.example'},
            {'type': 'jwks', 'url': 'https://'},
            {'type': 'jwks', 'url': 'https://a b/'},
            {'type': 'jwks', 'url': 'https://user@keys.example/'},
            {'type': 'jwks', 'url': 'https://keys.example', 'cooldown': -1},
            {'type': 'userPool', 'issuer': 'https://a'},
            {'type': 'userPool', 'issuer': 'https://a', 'clients': []},
            {'type': 'userPool', 'issuer': 'http://a', 'clients': ['c']},
            {'type': 'userPool', 'issuer': 'https://a', 'clients': ['c'], 'tokenUse': ['other']},
            {'type': 'publicKey'},
            {'type': 'publicKey', 'pem': 5},
        ]
        for config in unfit + [{'key': key, 'algorithms': ['RS256']} for key in asymmetric]:
            with self.subTest(config):
                self.configure(**config)
                self.assertUnfit(say='AUTH_UTILS_CONFIG')
        for key in (
            {'type': 'jwks', 'url': 'https://a'},
            {'type': 'userPool', 'issuer': 'https://a', 'clients': ['c']},
            {'type': 'publicKey', 'pem': 'x'},
        ):
            self.configure(key=key)
            self.assertUnfit(say='asymmetric')
        self.configure(algorithms=['RS256'], issuer='https://b', key={'type': 'userPool', 'issuer': 'https://a', 'clients': ['c']})
        self.assertUnfit(say='pool')

    def test_secret_in_the_environment(self):
        good = token()
        for value in (None, ''):
            os.environ.pop('JWT_SECRET', None)
            if value is not None:
                os.environ['JWT_SECRET'] = value
            auth_utils.reset()
            self.assertUnfit(good, say='JWT_SECRET')
            self.assertUnfit(good, say='JWT_SECRET')  # again, while the failure is remembered
            self.assertCode('malformed', 'x')  # faults of the token come before the key
        self.configure(key={'type': 'environment', 'name': 'OTHER'})
        os.environ['OTHER'] = SECRET
        self.assertCode(None, good)
        os.environ['OTHER'] = 'changed'
        self.assertCode(None, good)  # read once

    def test_unfit_secrets(self):
        kinds = [
            '-----BEGIN PUBLIC KEY-----\nabcdefghijk',
            'x-----BEGIN CERTIFICATE-----' + 'a' * 40,
            '{"kty":"oct","k":"' + 'a' * 60 + '"}',
            ' { "a":1, "kty" : "RSA"}' + ' ' * 40,
            'ssh-rsa ' + 'A' * 60,
            'comment\nssh-ed25519 ' + 'A' * 60,
            'ecdsa-sha2-nistp256 ' + 'A' * 60,
            'ecdsa-' + 'A' * 60,
            'sk-ssh-ed25519@openssh.com ' + 'A' * 60,
            'x\r\tsk-ecdsa-sha2-nistp256@openssh.com ' + 'A' * 60,
            '[{"kty":"RSA"}]' + ' ' * 60,
            '\n{"keys":[\n{"kty":"RSA"}]}' + ' ' * 60,
            '---- BEGIN SSH2 PUBLIC KEY ----' + 'A' * 60,
        ]
        for allowed in (False, True):
            for secret in kinds:
                self.configure(allowShortSecrets=allowed)
                os.environ['JWT_SECRET'] = secret
                self.assertUnfit(token(secret=secret), secret, say='another kind')

    def test_secrets_that_only_mention_keys(self):
        for start in ('my ssh-rsa ', 'x{"kty"', '"kty"', 'ssh', '-BEGIN '):
            secret = os.environ['JWT_SECRET'] = start + 'A' * 60
            auth_utils.reset()
            self.assertCode(None, token(secret=secret))

    def test_short_secrets(self):
        for alg, least in (('HS256', 32), ('HS384', 48), ('HS512', 64)):
            for length in (1, least - 1, least):
                secret = os.environ['JWT_SECRET'] = 's' * length
                with warnings.catch_warnings(record=True) as shown:
                    warnings.simplefilter('ignore')
                    given = jwt.encode(claims(), secret, alg)
                    warnings.simplefilter('always')
                    self.configure(algorithms=[alg], allowShortSecrets=True)
                    self.assertCode(None, given)
                    self.assertEqual(shown, [])  # the user has decided: no warning at each token
                self.configure(algorithms=[alg])
                if length < least:
                    self.assertUnfit(given, say=f'{least} bytes')
                else:
                    self.assertCode(None, given)
        os.environ['JWT_SECRET'] = 's' * 40
        self.configure(algorithms=['HS256', 'HS512'])
        self.assertUnfit(token(secret='s' * 40), 's' * 40, say='64 bytes')

    def test_secret_is_used_as_it_is(self):
        os.environ['JWT_SECRET'] = ' ' + SECRET + '\n'
        self.assertCode(None, token(secret=' ' + SECRET + '\n'))
        self.assertCode('bad_signature', token())


if __name__ == '__main__':
    unittest.main()
