"""Secrets Manager and Parameter Store: moto's server, and a server of our own that counts, rotates and fails."""

import json
import logging
import os
import threading
import time
import uuid

import auth_utils
import boto3
from auth_utils import verify_token
from cryptography.hazmat.primitives.asymmetric import ec
from moto.server import ThreadedMotoServer
from support import DUMMY_AWS, SECRET, Case, Server, answer, at_once, claims, pem, token

OLD, NEW, THIRD = ('old-' + SECRET, 'new-' + SECRET, 'third-' + SECRET)
FAR = 5_000_000_000


class Moto(Case):
    @classmethod
    def setUpClass(cls):
        logging.getLogger('werkzeug').setLevel(logging.ERROR)
        cls.server = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        cls.url = 'http://{}:{}'.format(*cls.server.get_host_and_port())

    def setUp(self):
        super().setUp()
        os.environ.update(DUMMY_AWS, AWS_ENDPOINT_URL=self.url)
        self.secrets = boto3.client('secretsmanager', region_name='eu-west-1')
        self.parameters = boto3.client('ssm', region_name='eu-west-1')

    def secret(self, value, **key):
        kind = 'SecretBinary' if isinstance(value, bytes) else 'SecretString'
        made = self.secrets.create_secret(Name=f's-{uuid.uuid4()}', **{kind: value})['ARN']
        self.configure(key={'type': 'secret', 'id': made, **key})
        return made

    def parameter(self, value, **key):
        name = f'/p/{uuid.uuid4()}'
        self.parameters.put_parameter(Name=name, Value=value, Type='SecureString')
        self.configure(key={'type': 'parameter', 'name': name, **key})
        return name

    def test_secret(self):
        self.secret(SECRET)
        self.assertCode(None, token())
        self.assertCode('bad_signature', token(secret=OLD))
        self.secret(SECRET.encode())
        self.assertCode(None, token())
        self.secret(json.dumps({'user': 'u', 'jwt': SECRET}), field='jwt')
        self.assertCode(None, token())

    def test_region_is_that_of_the_arn(self):
        made = boto3.client('secretsmanager', region_name='us-east-2').create_secret(Name='elsewhere', SecretString=SECRET)['ARN']
        self.configure(key={'type': 'secret', 'id': made})
        self.assertCode(None, token())

    def test_parameter(self):
        self.parameter(SECRET)
        self.assertCode(None, token())
        self.assertCode('bad_signature', token(secret=OLD))
        self.parameter(json.dumps({'jwt': SECRET}), field='jwt')
        self.assertCode(None, token())

    def test_public_key(self):
        import jwt

        key = ec.generate_private_key(ec.SECP256R1())
        name = self.parameter(pem(key))
        self.configure(algorithms=['ES256'], key={'type': 'parameter', 'name': name})
        self.assertCode(None, jwt.encode(claims(), key, 'ES256'))

    def test_faults(self):
        hidden = 'hidden-' + SECRET
        for value in (
            json.dumps({'other': hidden}),
            json.dumps({'jwt': 5, 'x': hidden}),
            json.dumps([hidden]),
            hidden,
            json.dumps(hidden),
            json.dumps({'jwt': ''}),
            json.dumps({'jwt': hidden + '\ud800'}),
            '{"jwt":' + '[' * 9000,
        ):
            for make in (self.secret, self.parameter):
                make(value, field='jwt')
                self.assertUnfit(token(), hidden, value)
        self.secret(json.dumps({'jwt': SECRET}))
        self.assertUnfit(token(), say='is a JSON object: say in which field the key is')
        self.secret(json.dumps({'jwt': SECRET}).encode(), field='jwt')
        self.assertUnfit(token(), say='no text field jwt')
        self.secret('short')
        self.assertUnfit(token(), 'short and', say='32 bytes')
        self.configure(key={'type': 'secret', 'id': 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:none-AbCdEf'})
        self.assertUnfit(token(), say='ResourceNotFoundException')
        self.configure(key={'type': 'parameter', 'name': '/none'})
        self.assertUnfit(token(), say='ParameterNotFound')

    def test_rotation_within_the_overlap(self):
        made = self.secret(OLD, overlap=1000)
        self.assertCode(None, token(secret=OLD, exp=FAR))
        self.secrets.put_secret_value(SecretId=made, SecretString=NEW)
        self.assertCode(None, token(secret=NEW))  # the bad signature makes it fetch
        self.assertCode(None, token(secret=OLD))
        self.clocks.ahead = 1001
        self.assertCode(None, token(secret=NEW))
        self.assertCode('bad_signature', token(secret=OLD))
        self.secret(OLD)
        made = json.loads(os.environ['AUTH_UTILS_CONFIG'])['key']['id']
        self.secrets.put_secret_value(SecretId=made, SecretString=NEW)
        self.assertCode('bad_signature', token(secret=OLD))  # no overlap

    def test_parameter_rotation(self):
        name = self.parameter(OLD, overlap=1000)
        self.assertCode(None, token(secret=OLD))
        self.parameters.put_parameter(Name=name, Value=NEW, Type='SecureString', Overwrite=True)
        self.assertCode(None, token(secret=NEW))
        self.assertCode(None, token(secret=OLD))
        self.clocks.ahead = 1001
        self.assertCode('bad_signature', token(secret=OLD))
        self.assertCode(None, token(secret=NEW))


class Counted(Case):
    """A server that answers as Secrets Manager does, with values and faults that a test chooses."""

    def setUp(self):
        super().setUp()
        self.values = {'AWSCURRENT': OLD}
        self.created = time.time() - 10_000
        self.fault = None
        self.delay = 0
        self.stages = []
        self.server = Server(self.behave)
        self.addCleanup(self.server.stop)
        os.environ.update(DUMMY_AWS, AWS_ENDPOINT_URL=f'http://127.0.0.1:{self.server.port}')
        self.use()

    def use(self, **key):
        self.configure(key={'type': 'secret', 'id': 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:one-AbCdEf', **key})

    def behave(self, handler):
        stage = json.loads(handler.rfile.read(int(handler.headers['Content-Length']))).get('VersionStage', 'AWSCURRENT')
        self.stages.append(stage)
        time.sleep(self.delay)
        if self.fault:
            self.fault(handler)
        elif stage in self.values:
            answer({'SecretString': self.values[stage], 'CreatedDate': self.created, 'VersionStages': [stage]})(handler)
        else:
            answer({'__type': 'ResourceNotFoundException', 'message': 'none'}, 400)(handler)

    def test_refetch_after_a_bad_signature_is_limited(self):
        self.assertCode(None, token(secret=OLD, exp=FAR))
        self.values['AWSCURRENT'] = NEW
        self.assertCode(None, token(secret=NEW, exp=FAR))
        self.assertEqual(self.server.count, 2)
        for _ in range(20):
            self.assertCode('bad_signature', token(secret=THIRD, exp=FAR))
        self.values['AWSCURRENT'] = THIRD
        self.clocks.ahead = 29
        self.assertCode('bad_signature', token(secret=THIRD, exp=FAR))
        self.assertEqual(self.server.count, 2)
        self.clocks.ahead = 31
        self.assertCode(None, token(secret=THIRD, exp=FAR))
        self.assertEqual(self.server.count, 3)

    def test_bad_signature_of_a_thousand_callers(self):
        self.assertCode(None, token(secret=OLD))
        self.values['AWSCURRENT'], self.delay = NEW, 0.2
        given = token(secret=NEW)
        self.assertEqual(set(at_once(500, lambda: verify_token(given)['valid'])), {True})
        self.assertEqual(self.server.count, 2)

    def test_cold_cache_makes_one_fetch(self):
        self.delay = 0.3
        given = token(secret=OLD)
        results = at_once(2000, lambda: verify_token(given)['valid'])
        self.assertEqual((len(results), set(results), self.server.count), (2000, {True}, 1))

    def test_time_to_live(self):
        self.use(ttl=50)
        for ahead, count in ((0, 1), (49, 1), (51, 2), (100, 2), (102, 3)):
            self.clocks.ahead = ahead
            self.assertCode(None, token(secret=OLD))
            self.assertEqual(self.server.count, count)

    def test_previous_is_asked_for_only_within_the_overlap(self):
        self.use(overlap=60)
        self.assertCode(None, token(secret=OLD))
        self.assertEqual(self.stages, ['AWSCURRENT'])
        self.created = time.time() - 30
        self.use(overlap=60)
        self.assertCode(None, token(secret=OLD))  # there is no previous one
        self.assertEqual(self.stages[1:], ['AWSCURRENT', 'AWSPREVIOUS'])
        self.values = {'AWSCURRENT': NEW, 'AWSPREVIOUS': 'unfit'}
        self.use(overlap=60)
        self.assertCode(None, token(secret=NEW))
        self.values['AWSPREVIOUS'] = OLD
        self.use(overlap=60)
        self.assertCode(None, token(secret=OLD))
        count = self.server.count
        self.clocks.ahead = 31  # the overlap ends although the cache lives on
        self.assertCode(None, token(secret=NEW))
        self.assertEqual(self.server.count, count)
        self.assertCode('bad_signature', token(secret=OLD))

    def test_last_good_value_is_kept_when_the_server_dies(self):
        self.assertCode(None, token(secret=OLD))
        self.server.stop()
        self.clocks.ahead = 301
        start = time.monotonic()
        self.assertCode(None, token(secret=OLD))
        self.assertLess(time.monotonic() - start, 3)
        self.assertCode(None, token(secret=OLD))
        self.server = Server(self.behave, port=self.server.port)
        self.values['AWSCURRENT'] = NEW
        self.assertCode('bad_signature', token(secret=OLD + 'x'))  # refetched, as the signature was bad
        self.assertCode(None, token(secret=NEW))

    def test_passing_faults(self):
        faults = {
            'throttled': answer({'__type': 'ThrottlingException', 'message': 'x'}, 400),
            '500': answer({'__type': 'InternalServiceError'}, 500),
            '503': answer(b'', 503),
            'garbage': answer(b'<html>'),
            'closed': lambda handler: None,
            'limit': answer({'__type': 'LimitExceededException'}, 400),
            'many': answer({'__type': 'TooManyRequestsException'}, 429),
        }
        for name, fault in faults.items():
            with self.subTest(name):
                self.use()
                self.fault = fault
                self.assertCode('key_unavailable', token(secret=OLD))
                count = self.server.count
                self.assertLessEqual(count, 2)  # two attempts
                self.assertCode('key_unavailable', token(secret=OLD))
                self.assertEqual(self.server.count, count)  # remembered for 5 s
                self.fault = None
                self.clocks.ahead += 6
                self.assertCode(None, token(secret=OLD))
                self.fault = fault
                self.clocks.ahead += 301
                self.assertCode(None, token(secret=OLD))  # the last good value
                self.fault = None
            self.server.count = 0

    def test_faults_of_a_field_are_remembered(self):
        for value in ('{"jwt":"\\ud800' + 'x' * 40 + '"}', '{"jwt":' + '[' * 50_000):
            self.values['AWSCURRENT'], self.server.count = value, 0
            self.use(field='jwt')
            for _ in range(3):
                self.assertUnfit(token(), value, say='no text field jwt')
            self.assertEqual(self.server.count, 1)

    def check_that_others_go_on(self, given, expected):
        """While one caller waits for the server, others have their answer from the old keys."""
        self.delay, count = 1, self.server.count
        slow = threading.Thread(target=lambda: self.assertCode(expected, given))
        slow.start()
        while self.server.count == count:
            time.sleep(0.01)
        start = time.monotonic()
        for _ in range(20):
            self.assertCode(None, token(secret=OLD, exp=FAR))
        self.assertLess(time.monotonic() - start, 0.5)
        self.assertTrue(slow.is_alive())
        slow.join(10)
        self.delay = 0
        self.assertEqual(self.server.count, count + 1)

    def test_a_slow_fetch_is_waited_for_by_one(self):
        self.assertCode(None, token(secret=OLD, exp=FAR))
        self.check_that_others_go_on(token(secret=THIRD, exp=FAR), 'bad_signature')
        self.clocks.ahead = 301
        self.check_that_others_go_on(token(secret=OLD, exp=FAR), None)

    def test_a_refresh_that_fails_does_not_shorten_the_life_of_keys(self):
        self.assertCode(None, token(secret=OLD, exp=FAR))
        self.fault = answer({'__type': 'LimitExceededException'}, 400)
        self.assertCode('bad_signature', token(secret=THIRD, exp=FAR))
        count = self.server.count
        self.clocks.ahead = 290
        self.assertCode(None, token(secret=OLD, exp=FAR))
        self.assertEqual(self.server.count, count)

    def test_hangs(self):
        self.delay = 4
        start = time.monotonic()
        self.assertCode('key_unavailable', token(secret=OLD))
        self.assertLess(time.monotonic() - start, 8.5)

    def test_access_denied(self):
        self.fault = answer({'__type': 'AccessDeniedException', 'message': 'no ' + OLD}, 400)
        for _ in range(3):
            self.assertUnfit(token(secret=OLD), OLD, say='AccessDeniedException')
        self.assertEqual(self.server.count, 1)
        self.fault = None
        self.clocks.ahead = 6
        self.assertCode(None, token(secret=OLD))
        self.fault = answer({'__type': 'AccessDeniedException', 'message': 'no'}, 400)
        self.clocks.ahead = 310
        self.assertUnfit(token(secret=OLD), say='AccessDeniedException')  # access that was withdrawn counts
        self.fault = None
        self.clocks.ahead = 316
        self.assertCode(None, token(secret=OLD))

    def test_without_credentials(self):
        for name in ('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'):
            os.environ.pop(name)
        os.environ.update(AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_CONFIG_FILE=os.devnull)
        auth_utils.reset()
        self.assertUnfit(token(secret=OLD), say='NoCredentialsError')
