"""require_auth and the authorisers."""

import copy
import json
import os

import auth_utils
from auth_utils import authorizer, create_authorizer, require_auth
from support import Case, token

CONFIG_DOWN = {'algorithms': ['ES256'], 'key': {'type': 'jwks', 'url': 'https://127.0.0.1:1/keys'}}
ES_TOKEN = 'eyJhbGciOiJFUzI1NiJ9.e30.AAAA'
REST = {'resource': '/', 'requestContext': {'stage': 'prod', 'authorizer': {'principalId': 'p'}}, 'multiValueHeaders': None}
HTTP_2 = {'version': '2.0', 'requestContext': {'http': {'method': 'GET'}}}
HTTP_1 = {'version': '1.0', 'requestContext': {'accountId': '1'}}
ALB = {'requestContext': {'elb': {'targetGroupArn': 'arn'}}}


@require_auth
def plain(event, context, *rest):
    return {'event': event, 'context': context, 'rest': rest}


@require_auth(scopes=['orders:read', 'orders:write'])
def scoped(event, context):
    return 'done'


class RequireAuth(Case):
    def test_every_kind_of_event(self):
        header = f'Bearer {token(scope="a b", scp=["c"])}'
        for kind in (REST, HTTP_2, HTTP_1, ALB, {}, {'requestContext': None}):
            for headers in (
                {'headers': {'Authorization': header}},
                {'headers': {'aUTHORIZATION': header}},
                {'headers': None, 'multiValueHeaders': {'authorization': [header]}},
                {'headers': {'x': 'y'}, 'multiValueHeaders': {'Authorization': [header, header]}},
            ):
                event = {**copy.deepcopy(kind), **headers, 'body': 'kept'}
                before = copy.deepcopy(event)
                result = plain(event, 'context', 1)
                given = result['event']['requestContext']['authorizer']
                self.assertEqual(given['claims']['sub'], 'user-1')
                self.assertEqual(given['jwt'], {'claims': given['claims'], 'scopes': ['a', 'b', 'c']})
                self.assertEqual((result['context'], result['rest'], result['event']['body']), ('context', (1,), 'kept'))
                for name, value in (event['requestContext'] if event.get('requestContext') else {}).items():
                    if name != 'authorizer':
                        self.assertEqual(result['event']['requestContext'][name], value)
                self.assertEqual(event, before)
        self.assertEqual(plain({**REST, 'headers': {'Authorization': header}}, None)['event']['requestContext']['authorizer']['principalId'], 'p')

    def test_missing(self):
        events = [
            None,
            [],
            'text',
            5,
            {},
            {'headers': None},
            {'headers': {}},
            {'headers': []},
            {'headers': {'x-authorization': 'Bearer a'}},
            {'headers': {'Authorization': 'Bearer'}},
            {'headers': {'Authorization': 'Bearer '}},
            {'headers': {'Authorization': 'bearer \t'}},
            {'headers': {'Authorization': 'Bearer\t'}},
            {'multiValueHeaders': {'Authorization': 'Bearer'}},
            {'multiValueHeaders': {'Authorization': []}},
        ]
        for event in events:
            with self.subTest(event):
                self.assertEqual(
                    plain(event, None),
                    {
                        'statusCode': 401,
                        'headers': {'Content-Type': 'application/json', 'WWW-Authenticate': 'Bearer'},
                        'body': '{"error":"Unauthorized"}',
                    },
                )

    def test_header_forms(self):
        good = token()
        for value in (f'Bearer {good}', f'bearer {good}', f'BEARER   {good}'):
            self.assertEqual(plain({'headers': {'authorization': value}}, 1)['context'], 1)
        for value in (
            good,
            f'Basic {good}',
            f'Bearer{good}',
            f'Bearer\t{good}',
            'Bearer\n',
            f'{good} Bearer',
            f'Bearer {good},Bearer {good}',
            f'Bearer {good}, x',
            f'Bearer Bearer {good}',
            5,
            None,
            [f'Bearer {good}'],
            f'Token {good}',
            f'Bearer {token(exp=1)}',
        ):
            with self.subTest(value):
                answer = plain({'headers': {'authorization': value}}, None)
                self.assertEqual((answer['statusCode'], answer['headers']['WWW-Authenticate']), (401, 'Bearer error="invalid_token"'))
        several = [
            {'headers': {'Authorization': f'Bearer {good}', 'authorization': 'Bearer x'}},
            {'multiValueHeaders': {'Authorization': [f'Bearer {good}', 'Bearer x']}},
            {'multiValueHeaders': {'Authorization': None}},
            {'headers': {'Authorization': f'Bearer {good}'}, 'multiValueHeaders': {'Authorization': [f'Bearer {good}', 'Bearer x']}},
            {'headers': {'Authorization': f'Bearer {good}'}, 'multiValueHeaders': {'authorization': ['Bearer x', f'Bearer {good}']}},
            {'multiValueHeaders': {'Authorization': [None]}},
        ]
        for event in several:
            self.assertEqual(plain(event, None)['headers']['WWW-Authenticate'], 'Bearer error="invalid_token"')
        for event in (
            {'multiValueHeaders': {'Authorization': f'Bearer {good}'}},
            {'headers': {'Authorization': f'Bearer {good}'}, 'multiValueHeaders': {'Authorization': [f'Bearer {good}']}},
        ):
            self.assertEqual(plain(event, 1)['context'], 1)

    def test_scopes(self):
        for claim in (
            {'scope': 'orders:write x orders:read'},
            {'scp': ['orders:read', 'orders:write']},
            {'scp': 'orders:read orders:write'},
            {'scope': 'orders:read', 'scp': ['orders:write']},
        ):
            self.assertEqual(scoped({'headers': {'Authorization': f'Bearer {token(**claim)}'}}, None), 'done')
        for claim in (
            {},
            {'scope': 'orders:read'},
            {'scope': 'orders:readorders:write'},
            {'scope': ['orders:read', 'x']},
            {'scp': [1, None]},
            {'scp': ['orders:read orders:write']},
            {'scope': 'orders:read\torders:write'},
            {'scope': 'orders:read\norders:write'},
            {'scope': 5, 'scp': {}},
        ):
            answer = scoped({'headers': {'Authorization': f'Bearer {token(**claim)}'}}, None)
            self.assertEqual(answer['statusCode'], 403)
            self.assertEqual(answer['body'], '{"error":"Forbidden"}')
            self.assertEqual(answer['headers']['WWW-Authenticate'], 'Bearer error="insufficient_scope", scope="orders:read orders:write"')

    def test_scopes_of_an_iterator_count_at_every_call(self):
        @require_auth(scopes=iter(['orders:read']))
        def guarded(event, context):
            return 'done'

        checked = create_authorizer(scopes=(scope for scope in ['orders:read']))
        for _ in range(3):
            self.assertEqual(guarded({'headers': {'Authorization': f'Bearer {token()}'}}, None)['statusCode'], 403)
            self.assertEqual(checked({'version': '2.0', 'headers': {'Authorization': f'Bearer {token()}'}}), {'isAuthorized': False})
            good = f'Bearer {token(scope="orders:read")}'
            self.assertEqual(guarded({'headers': {'Authorization': good}}, None), 'done')
            self.assertIs(checked({'version': '2.0', 'headers': {'Authorization': good}})['isAuthorized'], True)

    def test_unfit_scopes(self):
        unfit = ('orders:read', b'a', None, 5, [''], ['a b'], ['a"'], ['a\\'], ['a\r\nSet-Cookie: x'], ['a\n'], ['\u00e9'], [1], [None], [['a']])
        for scopes in unfit:
            for make in (require_auth, create_authorizer):
                with self.subTest(scopes, make=make), self.assertRaises(auth_utils.ConfigurationError):
                    make(scopes=scopes)

    def test_load_balancer(self):
        answer = plain({**ALB, 'headers': {}}, None)
        self.assertEqual(
            (answer['statusDescription'], answer['isBase64Encoded'], answer['headers']['WWW-Authenticate']), ('401 Unauthorized', False, 'Bearer')
        )
        answer = plain({**ALB, 'multiValueHeaders': {'host': ['a'], 'Authorization': ['Bearer x']}}, None)
        self.assertNotIn('headers', answer)
        self.assertEqual(answer['multiValueHeaders'], {'Content-Type': ['application/json'], 'WWW-Authenticate': ['Bearer error="invalid_token"']})
        self.assertEqual(plain({**ALB, 'multiValueHeaders': {}}, None)['multiValueHeaders']['WWW-Authenticate'], ['Bearer'])
        self.assertIn('headers', plain({**ALB, 'multiValueHeaders': []}, None))
        self.assertIn('statusDescription', plain({'requestContext': {'elb': {}}}, None))
        for event in (HTTP_2, {'requestContext': {'elb': None}}, {'requestContext': {'elb': 'x'}}):
            self.assertNotIn('statusDescription', plain(event, None))

    def test_key_not_to_be_had(self):
        self.configure(**CONFIG_DOWN)
        answer = plain({'headers': {'Authorization': f'Bearer {ES_TOKEN}'}}, None)
        self.assertEqual(
            answer,
            {'statusCode': 503, 'headers': {'Content-Type': 'application/json', 'Retry-After': '5'}, 'body': '{"error":"Service Unavailable"}'},
        )

    def test_raises_faults_of_configuration_and_of_the_handler(self):
        os.environ.pop('JWT_SECRET')
        with self.assertRaises(auth_utils.ConfigurationError):
            plain({'headers': {'Authorization': f'Bearer {token()}'}}, None)
        os.environ['JWT_SECRET'] = 'a-secret-of-more-than-sixty-four-bytes-so-that-it-serves-each-of-the-hashes'
        auth_utils.reset()

        @require_auth
        def failing(event, context):
            raise KeyError('mine')

        with self.assertRaisesRegex(KeyError, 'mine'):
            failing({'headers': {'Authorization': f'Bearer {token()}'}}, None)
        self.assertEqual(failing.__name__, 'failing')


ARN = 'arn:aws:execute-api:eu-west-1:123456789012:api1/prod/GET/orders/1'
STAGE = 'arn:aws:execute-api:eu-west-1:123456789012:api1/prod/*'


def token_event(value):
    return {'type': 'TOKEN', 'authorizationToken': value, 'methodArn': ARN}


def request_1(value, arn='methodArn'):
    return {'type': 'REQUEST', 'version': '1.0', 'headers': {'authorization': value}, arn: ARN}


def request_2(value):
    return {'type': 'REQUEST', 'version': '2.0', 'headers': {'authorization': value}, 'routeArn': ARN}


class Authorizer(Case):
    def check_policy(self, answer, effect, principal):
        self.assertEqual(answer['principalId'], principal)
        self.assertEqual(
            answer['policyDocument'], {'Version': '2012-10-17', 'Statement': [{'Action': 'execute-api:Invoke', 'Effect': effect, 'Resource': STAGE}]}
        )

    def test_handler_string(self):
        import importlib

        self.assertTrue(callable(getattr(importlib.import_module('auth_utils'), 'authorizer')))

    def test_iam(self):
        good = token(scope='a b', n=1)
        for event in (token_event(f'Bearer {good}'), token_event(good), request_1(f'Bearer {good}'), request_1(f'bearer {good}', 'routeArn')):
            answer = authorizer(event, None)
            self.check_policy(answer, 'Allow', 'user-1')
            self.assertEqual((answer['context']['sub'], answer['context']['scope']), ('user-1', 'a b'))
            self.assertEqual(json.loads(answer['context']['claims'])['n'], 1)
        answer = authorizer(token_event(token(sub=..., scope=['x'])), None)
        self.check_policy(answer, 'Allow', 'unknown')
        self.assertEqual(answer['context'].keys(), {'claims'})
        websocket = authorizer({**request_1(f'Bearer {good}'), 'methodArn': ARN.replace('GET/orders/1', '$connect')}, None)
        self.check_policy(websocket, 'Allow', 'user-1')

    def test_simple(self):
        answer = authorizer(request_2(f'Bearer {token(scope="a")}'), None)
        self.assertIs(answer['isAuthorized'], True)
        self.assertEqual((answer['context']['sub'], answer['context']['scope']), ('user-1', 'a'))
        self.assertEqual(json.loads(answer['context']['claims'])['sub'], 'user-1')
        for value in ('Bearer x', '', f'Basic {token()}', f'Bearer {token(exp=1)}'):
            self.assertEqual(authorizer(request_2(value), None), {'isAuthorized': False})

    def test_refused(self):
        for event in (
            token_event('Bearer x'),
            token_event(''),
            token_event(None),
            token_event(f'Basic {token()}'),
            token_event(f'Bearer {token()},x'),
            request_1('Bearer x'),
        ):
            with self.assertRaises(Exception) as caught:
                authorizer(event, None)
            self.assertEqual((type(caught.exception), str(caught.exception)), (Exception, 'Unauthorized'))
        self.check_policy(authorizer(request_1('Bearer x', 'routeArn'), None), 'Deny', 'unknown')

    def test_without_an_arn(self):
        iam = create_authorizer(response='iam')
        for event in (None, {}, {'headers': {'authorization': f'Bearer {token()}'}}, {'authorizationToken': token(), 'methodArn': '', 'routeArn': 5}):
            with self.subTest(event), self.assertRaisesRegex(Exception, '^Unauthorized$'):
                iam(event, None)
        good = f'Bearer {token(sub="")}'
        self.check_policy(authorizer({**request_1(good, 'routeArn'), 'methodArn': ''}, None), 'Allow', 'unknown')
        self.check_policy(authorizer({**request_1('Bearer x', 'routeArn'), 'methodArn': ''}, None), 'Deny', 'unknown')

    def test_scopes(self):
        checked = create_authorizer(scopes=['orders:read'])
        self.check_policy(checked(token_event(token(scope='orders:read')), None), 'Allow', 'user-1')
        denied = checked(token_event(token(scope='other')), None)
        self.check_policy(denied, 'Deny', 'user-1')
        self.assertNotIn('context', denied)
        self.assertEqual(checked(request_2(f'Bearer {token()}'), None), {'isAuthorized': False})

    def test_response_forms(self):
        simple, iam = create_authorizer(response='simple'), create_authorizer(response='iam')
        self.assertIs(simple(request_1(f'Bearer {token()}'), None)['isAuthorized'], True)
        self.assertEqual(simple(request_1('Bearer x'), None), {'isAuthorized': False})
        self.check_policy(iam(request_2(f'Bearer {token()}'), None), 'Allow', 'user-1')
        self.check_policy(iam(request_2('Bearer x'), None), 'Deny', 'unknown')
        for response in ('other', '', 'SIMPLE', 5):
            with self.assertRaises(auth_utils.ConfigurationError):
                create_authorizer(response=response)

    def test_key_not_to_be_had(self):
        self.configure(**CONFIG_DOWN)
        for event in (token_event(ES_TOKEN), request_2(f'Bearer {ES_TOKEN}')):
            with self.assertRaises(Exception) as caught:
                authorizer(event, None)
            self.assertNotEqual(str(caught.exception), 'Unauthorized')


class Import(Case):
    def test_is_light(self):
        import subprocess
        import sys

        code = 'import sys, jwt; before = set(sys.modules); import auth_utils; print(*sorted(set(sys.modules) - before))'
        done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True, timeout=20)
        new = done.stdout.split()
        self.assertTrue(all(name.split('.')[0] == 'auth_utils' for name in new), new)
        self.assertFalse({'auth_utils.jwks', 'auth_utils.secrets'} & set(new), new)
